#include "cli/journey_map.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"

namespace journey::cli {
namespace {

// A caller who waited longer is annoyed (docs/CLI.md).
constexpr int64_t kPatienceSeconds = 180;

// As the source judged it, else by how long a caller had to wait.
v1::Sentiment SentimentOf(const v1::Touchpoint& touchpoint) {
  if (touchpoint.sentiment() != v1::SENTIMENT_UNSPECIFIED) {
    return touchpoint.sentiment();
  }
  const bool from_customer =
      touchpoint.direction() == v1::DIRECTION_UNSPECIFIED ||
      touchpoint.direction() == v1::DIRECTION_INBOUND;
  if (!touchpoint.has_call() || !from_customer) {
    return v1::SENTIMENT_UNSPECIFIED;
  }
  const v1::Call& call = touchpoint.call();
  const bool over =
      call.wait().seconds() > kPatienceSeconds ||
      (call.wait().seconds() == kPatienceSeconds && call.wait().nanos() > 0);
  return over || call.outcome() == v1::Call::OUTCOME_BUSY ||
                 call.outcome() == v1::Call::OUTCOME_ABANDONED
             ? v1::SENTIMENT_NEGATIVE
             : v1::SENTIMENT_UNSPECIFIED;
}

Sentiments SentimentsIn(const v1::StageVisit& visit,
                        const std::vector<v1::TimelineEntry>& touchpoints) {
  Sentiments out;
  for (const v1::TimelineEntry& entry : touchpoints) {
    const int64_t at = ToMicros(entry.has_corrected_occurred_at()
                                    ? entry.corrected_occurred_at()
                                    : entry.touchpoint().occurred_at());
    if (at < ToMicros(visit.entered_at()) ||
        (visit.has_left_at() && at >= ToMicros(visit.left_at()))) {
      continue;
    }
    const v1::Sentiment sentiment = SentimentOf(entry.touchpoint());
    out.negative += sentiment == v1::SENTIMENT_NEGATIVE ? 1 : 0;
    out.neutral += sentiment == v1::SENTIMENT_NEUTRAL ? 1 : 0;
    out.positive += sentiment == v1::SENTIMENT_POSITIVE ? 1 : 0;
  }
  return out;
}

StageMark MarkOf(const v1::LifecycleStage& stage, const v1::Journey& journey) {
  if (journey.stage().stage_id() == stage.id()) return StageMark::kNow;
  const auto& times = journey.stage_times();
  if (std::any_of(times.begin(), times.end(), [&](const auto& time) {
        return time.stage_id() == stage.id();
      })) {
    return StageMark::kVisited;
  }
  for (const v1::StageVisit& visit : journey.stage_history()) {
    const auto& skipped = visit.skipped_stage_ids();
    if (std::find(skipped.begin(), skipped.end(), stage.id()) !=
        skipped.end()) {
      return StageMark::kSkipped;
    }
  }
  return StageMark::kNone;
}

MapStage MakeStage(const v1::LifecycleStage& stage, const v1::Journey& journey,
                   const std::vector<v1::TimelineEntry>& touchpoints) {
  MapStage out;
  out.stage = stage;
  out.mark = MarkOf(stage, journey);
  for (const v1::StageVisit& visit : journey.stage_history()) {
    if (visit.stage_id() != stage.id()) continue;
    out.visit = visit;
    ++out.visits;
  }
  if (out.visit.has_value()) {
    out.stayed_micros = ToMicros(out.visit->has_left_at() ? out.visit->left_at()
                                                          : journey.as_of()) -
                        ToMicros(out.visit->entered_at());
    out.sentiments = SentimentsIn(*out.visit, touchpoints);
  }
  return out;
}

// The activity that is not done and is, or is not, overdue, and is expected
// first; null where there is none.
const v1::PlanActivityStanding* FindOpen(const v1::Plan& plan, bool overdue) {
  const v1::PlanActivityStanding* first = nullptr;
  for (const v1::PlanActivityStanding& activity : plan.activities()) {
    if (activity.has_done_at() || activity.overdue() != overdue) continue;
    if (first == nullptr ||
        ToMicros(activity.expected_at()) < ToMicros(first->expected_at())) {
      first = &activity;
    }
  }
  return first;
}

// The deal that needs somebody most: critical before warning, then the oldest
// stall. Null where none is stalled.
const v1::Deal* FindStalled(const v1::Journey& journey,
                            const v1::Stall** worst) {
  const v1::Deal* found = nullptr;
  const auto rank = [](const v1::Stall& stall) {
    return std::make_tuple(-stall.severity(), ToMicros(stall.since()));
  };
  for (const v1::Deal& deal : journey.open_deals()) {
    for (const v1::Stall& stall : deal.stalls()) {
      if (found != nullptr && rank(**worst) <= rank(stall)) continue;
      found = &deal;
      *worst = &stall;
    }
  }
  return found;
}

// First what is late, an activity before a deal; then what comes next.
NextAction NextOf(const v1::Journey& journey, const v1::Plan& plan) {
  const int64_t now = ToMicros(journey.as_of());
  if (const auto* activity = FindOpen(plan, /*overdue=*/true)) {
    return {activity->name(),
            absl::StrCat("overdue since ",
                         ShortInstant(activity->expected_at(), true), " (",
                         ShortDuration(now - ToMicros(activity->expected_at())),
                         ")")};
  }
  const v1::Stall* stall = nullptr;
  if (const v1::Deal* deal = FindStalled(journey, &stall)) {
    return {absl::StrCat("Get deal ", deal->deal_id(), " moving"),
            absl::StrCat(ShortName(stall->reason()), " since ",
                         ShortInstant(stall->since(), true), ". ",
                         stall->explanation().text())};
  }
  if (const auto* activity = FindOpen(plan, /*overdue=*/false)) {
    return {activity->name(),
            absl::StrCat("expected by ",
                         ShortInstant(activity->expected_at(), true), " (in ",
                         ShortDuration(ToMicros(activity->expected_at()) - now),
                         ")")};
  }
  return {"nothing", plan.activities().empty()
                         ? "this stage has no plan, and no open deal is stalled"
                         : "the plan is done, and no open deal is stalled"};
}

}  // namespace

JourneyMap MakeMap(v1::Journey journey, const v1::GetPlanResponse& plan,
                   const std::vector<v1::TimelineEntry>& touchpoints) {
  JourneyMap out;
  out.journey = std::move(journey);
  out.plan = plan.plan();
  for (const v1::LifecycleStage& stage : plan.stages()) {
    out.stages.push_back(MakeStage(stage, out.journey, touchpoints));
  }
  out.next = NextOf(out.journey, out.plan);
  return out;
}

std::string MarkText(StageMark mark) {
  switch (mark) {
    case StageMark::kNow:
      return "now";
    case StageMark::kVisited:
      return "visited";
    case StageMark::kSkipped:
      return "skipped";
    case StageMark::kNone:
      break;
  }
  return "";
}

}  // namespace journey::cli
