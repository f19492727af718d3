// Signals that follow from when a customer bought.
#ifndef PROJECTIONS_SIGNAL_PURCHASE_SIGNALS_H_
#define PROJECTIONS_SIGNAL_PURCHASE_SIGNALS_H_

#include "journey/storage/v1/views.pb.h"
#include "projections/rules/rules.h"
#include "projections/signal/signal.h"

namespace journey::projections {

// Adds WELCOME, NPS_DUE, REWARD_DUE and WIN_BACK_DUE. Of more than kSalesMax
// sales only the newest are looked at.
void AddPurchaseSignals(const Rules& rules,
                        const storage::v1::JourneyState& state,
                        SignalIntervals& out);

}  // namespace journey::projections

#endif  // PROJECTIONS_SIGNAL_PURCHASE_SIGNALS_H_
