// For how long purchases count: what makes a customer regular, and when one who
// does not come back is lost.
#ifndef PROJECTIONS_SEGMENT_PURCHASE_WINDOWS_H_
#define PROJECTIONS_SEGMENT_PURCHASE_WINDOWS_H_

#include <optional>
#include <string>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// How often a customer buys.
struct Rhythm {
  int gaps = 0;
  double mean_days = 0;
  double deviation_days = 0;
  // The window that follows from it, not less than the rule's least.
  core::Micros window = 0;
};

// When the lapse window after the last purchase is over.
struct Lapse {
  core::Micros at = core::kNever;
  // Set where the customer's own rhythm shortened the window.
  std::optional<Rhythm> rhythm;
};

// The purchases that stand, oldest first; of more than kSalesMax sales the
// newest. They point into the state.
using Purchases = std::vector<const storage::v1::Sale*>;
[[nodiscard]] Purchases PurchasesOf(const storage::v1::JourneyState& state);

// The first instant at which a purchase no longer counts for the regular rule,
// which the rule set has.
[[nodiscard]] core::Micros RegularWindowEnd(const Rules& rules,
                                            const storage::v1::Sale& purchase);

// The first instant at which too few purchases are left for a regular customer
// if there is no other; 0 where there are too few at any time.
[[nodiscard]] core::Micros RegularUntil(const Rules& rules,
                                        const Purchases& purchases);

// Never where nobody is lost by the rule set, or nothing was bought.
// `purchases` are those of the state.
[[nodiscard]] Lapse LapseOf(const Rules& rules,
                            const storage::v1::JourneyState& state,
                            const Purchases& purchases);

// The rule's window in words, for example "365 days" or "6 months".
[[nodiscard]] std::string DescribeWindow(const v1::LapseRule& rule);

}  // namespace journey::projections

#endif  // PROJECTIONS_SEGMENT_PURCHASE_WINDOWS_H_
