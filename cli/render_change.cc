#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

std::string FromTo(const std::string& from, const std::string& to) {
  return from.empty() ? to : absl::StrCat(from, " -> ", to);
}

}  // namespace

std::string DescribeChange(const v1::JourneyChange& change) {
  if (change.has_stage()) {
    return absl::StrCat("stage ", FromTo(change.stage().from_stage_id(),
                                         change.stage().to_stage_id()));
  }
  if (change.has_lead_status()) {
    const v1::LeadStatus from = change.lead_status().from();
    return absl::StrCat(
        "lead ",
        FromTo(from == v1::LEAD_STATUS_UNSPECIFIED ? "" : ShortName(from),
               ShortName(change.lead_status().to())));
  }
  const v1::StallChange& stall = change.stall();
  std::string text = absl::StrCat(
      "deal:", stall.deal_id(), " ",
      stall.ended() ? "no longer " : "stalled: ", ShortName(stall.reason()));
  const std::string since = ShortInstant(stall.since(), stall.has_since());
  if (!stall.ended() && !since.empty() &&
      since != ShortInstant(change.at(), true)) {
    absl::StrAppend(&text, ", since ", since);
  }
  return text;
}

void PrintDiff(const v1::DiffJourneyResponse& diff,
               const google::protobuf::Timestamp& from, std::ostream& out) {
  const v1::Journey& after = diff.after();
  out << absl::StrCat("Journey      ", ShortName(after.subject().type()), ":",
                      after.subject().id(), "\nTouchpoints  ",
                      diff.touchpoint_count(), " more\n\n");
  Table states(
      {"", ShortInstant(from, true), ShortInstant(after.as_of(), true)});
  const auto add = [&](const char* name, const auto& value) {
    states.AddRow({name,
                   diff.has_before() ? value(diff.before()) : std::string("-"),
                   value(after)});
  };
  add("Stage", [](const v1::Journey& j) { return j.stage().stage_id(); });
  add("Lead",
      [](const v1::Journey& j) { return ShortName(j.lead().status()); });
  if (after.scores().has_behaviour()) {
    add("Score", [](const v1::Journey& j) {
      return FormatPoints(j.scores().behaviour().points());
    });
  }
  if (after.scores().has_fit()) {
    add("Fit", [](const v1::Journey& j) {
      return absl::StrCat(j.scores().fit().points());
    });
  }
  add("Owner", [](const v1::Journey& j) { return j.owner_id(); });
  add("Open deals",
      [](const v1::Journey& j) { return absl::StrCat(j.open_deal_count()); });
  add("Purchases",
      [](const v1::Journey& j) { return absl::StrCat(j.purchase_count()); });
  states.Print(out);
  out << "\nCHANGES";
  if (diff.changes_left_out() > 0) {
    out << ", without the oldest " << diff.changes_left_out();
  }
  out << "\n";
  if (diff.changes().empty()) {
    out << "None.\n";
    return;
  }
  Table changes({"AT", "CHANGE", "WHY"});
  for (const v1::JourneyChange& change : diff.changes()) {
    changes.AddRow({ShortInstant(change.at(), true), DescribeChange(change),
                    change.explanation().text()});
  }
  changes.Print(out);
}

}  // namespace journey::cli
