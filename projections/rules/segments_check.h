// What the rules of segments must fulfil.
#ifndef PROJECTIONS_RULES_SEGMENTS_CHECK_H_
#define PROJECTIONS_RULES_SEGMENTS_CHECK_H_

#include "journey/v1/rules.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Checks everything that rules.proto demands of `segments`.
void CheckSegments(const v1::SegmentRules& segments, RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_SEGMENTS_CHECK_H_
