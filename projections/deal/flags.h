// What is odd about the reports on a deal.
#ifndef PROJECTIONS_DEAL_FLAGS_H_
#define PROJECTIONS_DEAL_FLAGS_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/deal.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// Remembers what is odd about a change, which is seen by what the deal was
// before: its status, and whether the change moves it to another stage.
void NoteFlags(v1::DealChange::Action action, v1::DealStatus before,
               bool is_moved, storage::v1::DealState& deal);

// In the order of `DealFlag`.
[[nodiscard]] std::vector<v1::DealFlag> FlagsOf(
    const Rules& rules, const storage::v1::DealState& deal);

// The rule set knows the deal's pipeline and its stage there.
[[nodiscard]] bool IsStageKnown(const Rules& rules,
                                const storage::v1::DealState& deal);

}  // namespace journey::projections

#endif  // PROJECTIONS_DEAL_FLAGS_H_
