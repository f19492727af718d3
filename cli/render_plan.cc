#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

constexpr int kBarWidth = 20;
// What stands beside the name of an activity.
constexpr size_t kActivityRestWidth = 45;
constexpr size_t kNameWidthMin = 10;

std::string StateOf(const v1::PlanActivityStanding& activity,
                    int64_t entered_at) {
  if (activity.has_done_at()) {
    return absl::StrCat(
        "done after ",
        ShortDuration(ToMicros(activity.done_at()) - entered_at));
  }
  return activity.overdue() ? "overdue" : "open";
}

}  // namespace

std::string DescribeProgress(const v1::Plan& plan) {
  const int filled =
      plan.points() == 0 ? 0 : kBarWidth * plan.points_done() / plan.points();
  std::string text =
      absl::StrCat("[", std::string(static_cast<size_t>(filled), '#'),
                   std::string(static_cast<size_t>(kBarWidth - filled), '-'),
                   "] ", plan.points_done(), " of ", plan.points(), " points");
  if (plan.has_momentum()) {
    absl::StrAppendFormat(&text, ", momentum %.2f", plan.momentum());
  }
  return text;
}

void PrintActivities(const v1::Plan& plan, size_t width, std::ostream& out) {
  Table table({"ACTIVITY", ">POINTS", "EXPECTED", "STATE"});
  const size_t name_width = std::max(
      kNameWidthMin, std::max(width, kActivityRestWidth) - kActivityRestWidth);
  for (const v1::PlanActivityStanding& activity : plan.activities()) {
    table.AddRow({Truncate(Printable(activity.name()), name_width),
                  absl::StrCat(activity.points()),
                  ShortInstant(activity.expected_at(), true),
                  StateOf(activity, ToMicros(plan.entered_at()))});
  }
  table.Print(out);
}

void PrintPlan(const v1::GetPlanResponse& response, std::ostream& out) {
  const v1::Plan& plan = response.plan();
  Facts facts;
  facts.Add("Journey", FormatSubject(response.journey()));
  facts.Add("Stage", absl::StrCat(plan.stage_id(), " since ",
                                  ShortInstant(plan.entered_at(), true)));
  facts.Add("Progress", plan.activities().empty() ? "this stage has no plan"
                                                  : DescribeProgress(plan));
  facts.Print(out);
  if (plan.activities().empty()) return;
  out << "\n";
  Table table({"ID", "ACTIVITY", ">POINTS", "EXPECTED", "STATE", "BY"});
  for (const v1::PlanActivityStanding& activity : plan.activities()) {
    table.AddRow({activity.activity_id(), activity.name(),
                  absl::StrCat(activity.points()),
                  ShortInstant(activity.expected_at(), true),
                  StateOf(activity, ToMicros(plan.entered_at())),
                  activity.has_cause()
                      ? absl::StrCat(activity.cause().source(), " ",
                                     activity.cause().touchpoint_id())
                      : ""});
  }
  table.Print(out);
}

}  // namespace journey::cli
