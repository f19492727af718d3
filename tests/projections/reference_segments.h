// The naive reference for segments: which ones hold, and since when without
// interruption, found by asking again after every touchpoint and at every
// instant at which time could change the answer.
#ifndef TESTS_PROJECTIONS_REFERENCE_SEGMENTS_H_
#define TESTS_PROJECTIONS_REFERENCE_SEGMENTS_H_

#include <map>
#include <vector>

#include "journey/v1/journey.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::testing {

using SegmentDates = std::map<v1::Segment, core::Micros>;

// The segments of an identified journey at `instant`, each with its beginning,
// by a rule set in UTC. `touchpoints` are all of the journey's, in any order,
// without tickets. Each invoice has one amount, if any, and parts of it are
// paid in one currency.
SegmentDates ReferenceSegments(const v1::RuleSet& rules,
                               std::vector<v1::Touchpoint> touchpoints,
                               core::Micros instant);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_SEGMENTS_H_
