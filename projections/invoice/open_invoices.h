// Open invoices: which of a journey's invoices wait for their payment, and
// until when.
#ifndef PROJECTIONS_INVOICE_OPEN_INVOICES_H_
#define PROJECTIONS_INVOICE_OPEN_INVOICES_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Applies a touchpoint, before the sales: these know which invoices were issued
// before it.
//
// An invoice is open from its first issue until it is paid, cancelled or
// written off, or until what was paid in part and credited adds up to its
// amount; it opens once only. Issued again while it is open, it takes the new
// day and amount. Money that comes before the issue, or at the same instant,
// counts all the same.
void ApplyToOpenInvoices(const v1::Touchpoint& touchpoint,
                         const storage::v1::Moment& moment,
                         storage::v1::JourneyState& state);

// The first instant at which an invoice is overdue if nothing more happens:
// the tenant's due day is over. kNever where it has no such day.
[[nodiscard]] core::Micros OverdueSince(
    const Rules& rules, const storage::v1::OpenInvoice& invoice);

}  // namespace journey::projections

#endif  // PROJECTIONS_INVOICE_OPEN_INVOICES_H_
