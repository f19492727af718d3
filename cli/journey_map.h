// A journey map: where a customer is among the stages of the template, how they
// felt on the way, and what to do next. Made of answers of the API alone.
#ifndef CLI_JOURNEY_MAP_H_
#define CLI_JOURNEY_MAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journey/v1/journey.pb.h"
#include "journey/v1/journey_service.pb.h"
#include "journey/v1/rules.pb.h"

namespace journey::cli {

// How many touchpoints were negative, neutral and positive.
struct Sentiments {
  int negative = 0;
  int neutral = 0;
  int positive = 0;
};

// What a customer has to do with a stage.
enum class StageMark { kNow, kVisited, kSkipped, kNone };

// One stage of the template.
struct MapStage {
  v1::LifecycleStage stage;
  StageMark mark = StageMark::kNone;
  // The newest visit; none where there was none, or where it is older than the
  // visits that the answer holds.
  std::optional<v1::StageVisit> visit;
  // How many visits the answer holds.
  int visits = 0;
  // How long that visit lasted, up to `as_of`.
  int64_t stayed_micros = 0;
  // Of the touchpoints in that visit.
  Sentiments sentiments;
};

// What to do next, and why.
struct NextAction {
  std::string text;
  std::string why;
};

struct JourneyMap {
  v1::Journey journey;
  v1::Plan plan;
  // In the template's order.
  std::vector<MapStage> stages;
  NextAction next;
};

// `plan` and `touchpoints` (in any order) are of the same journey and instant.
[[nodiscard]] JourneyMap MakeMap(
    v1::Journey journey, const v1::GetPlanResponse& plan,
    const std::vector<v1::TimelineEntry>& touchpoints);

// "now", "visited", "skipped"; empty for a stage never reached.
[[nodiscard]] std::string MarkText(StageMark mark);

}  // namespace journey::cli

#endif  // CLI_JOURNEY_MAP_H_
