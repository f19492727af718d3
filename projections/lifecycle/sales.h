// Sales: which won deals and invoices are purchases, and which of them are
// one and the same.
#ifndef PROJECTIONS_LIFECYCLE_SALES_H_
#define PROJECTIONS_LIFECYCLE_SALES_H_

#include <string>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::projections {

// What a touchpoint did to the journey's sales. At most one of both is set;
// it points into the state and is valid until that changes.
struct SaleOutcome {
  // This sale now counts as a purchase.
  storage::v1::Sale* purchased = nullptr;
  // This sale no longer counts.
  storage::v1::Sale* undone = nullptr;
};

// Applies a touchpoint. A won deal (`deal_won`) or an invoice is a purchase
// when it names, by deal, contract or renewal, no sale that is known. Only a
// cancellation or a full credit that names the invoice undoes it.
SaleOutcome ApplyToSales(const v1::Touchpoint& touchpoint,
                         const storage::v1::Moment& moment, bool deal_won,
                         storage::v1::JourneyState& state);

// True when an invoice with this id was issued, unless its sale was so long ago
// that the state has forgotten it.
[[nodiscard]] bool IsIssued(const std::string& invoice_id,
                            const storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_LIFECYCLE_SALES_H_
