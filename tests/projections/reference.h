// The naive reference: conclusions computed from the definitions by looking
// at all touchpoints again for every question. Slow and plain on purpose; it
// shares no code with the folds but the classification of touchpoints.
#ifndef TESTS_PROJECTIONS_REFERENCE_H_
#define TESTS_PROJECTIONS_REFERENCE_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "journey/v1/deal.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "tests/projections/reference_scoring.h"

namespace journey::testing {

// When a stall began, and how bad it is.
using ReferenceStall = std::pair<core::Micros, v1::StallSeverity>;

struct ReferenceDeal {
  v1::DealStatus status = v1::DEAL_STATUS_UNSPECIFIED;
  std::string stage_id;
  // Those that hold.
  std::map<v1::StallReason, ReferenceStall> stalls;
};

struct ReferenceJourney {
  std::string stage_id;
  v1::LeadStatus lead_status = v1::LEAD_STATUS_NONE;
  core::Micros lead_since = 0;
  // When a customer made the request that is open; 0 without one.
  core::Micros open_request = 0;
  ReferenceScores scores;
  // When each purchase was.
  std::multiset<core::Micros> purchases;
  std::map<std::string, ReferenceDeal> deals;
};

// The conclusions about an identified journey at `instant`, by a rule set in
// UTC whose stages are called as in the default one. `touchpoints` are all of
// the journey's, in any order.
ReferenceJourney Reference(const v1::RuleSet& rules,
                           std::vector<v1::Touchpoint> touchpoints,
                           core::Micros instant);

// What an answer shows, in the same form.
ReferenceScores ScoresOf(const v1::Journey& journey);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_H_
