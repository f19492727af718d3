// Journeys straight from the definition in identity_service.proto, the slow
// way: from the whole list of touchpoints, for each of them anew.
#ifndef TESTS_VIEWS_IDENTITY_REFERENCE_H_
#define TESTS_VIEWS_IDENTITY_REFERENCE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "journey/v1/journey.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::testing {

// A type and an id.
using SubjectName = std::pair<int, std::string>;

// The touchpoints of every journey, in canonical order. `touchpoints` are
// those that are not retracted, in any order.
std::map<SubjectName, std::vector<v1::Touchpoint>> JourneysByDefinition(
    const std::vector<v1::Touchpoint>& touchpoints);

// The conclusions of every journey at `now`, each in serialised form.
std::map<SubjectName, std::string> ConcludeByDefinition(
    const projections::Rules& rules,
    const std::vector<v1::Touchpoint>& touchpoints, core::Micros now);

}  // namespace journey::testing

#endif  // TESTS_VIEWS_IDENTITY_REFERENCE_H_
