// What a pipeline stage requires and nobody has reported.
#ifndef PROJECTIONS_DEAL_MISSING_FIELDS_H_
#define PROJECTIONS_DEAL_MISSING_FIELDS_H_

#include <string>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// The required fields of the deal's pipeline stage that are unknown, in the
// order of the rule set; none where it does not know the stage.
[[nodiscard]] std::vector<std::string> MissingFields(
    const Rules& rules, const storage::v1::DealState& deal);

}  // namespace journey::projections

#endif  // PROJECTIONS_DEAL_MISSING_FIELDS_H_
