#include "projections/invoice/open_invoices.h"

#include <algorithm>
#include <string>

#include "projections/amounts.h"
#include "projections/lifecycle/sales.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::OpenInvoice;

OpenInvoice* Find(const std::string& invoice_id, JourneyState& state) {
  for (OpenInvoice& invoice : *state.mutable_open_invoices()) {
    if (invoice.invoice_id() == invoice_id) return &invoice;
  }
  return nullptr;
}

void Remove(const std::string& invoice_id, JourneyState& state) {
  auto& invoices = *state.mutable_open_invoices();
  invoices.erase(std::remove_if(invoices.begin(), invoices.end(),
                                [&](const OpenInvoice& invoice) {
                                  return invoice.invoice_id() == invoice_id;
                                }),
                 invoices.end());
}

// Adds an invoice that is issued, or else waits for its issue. Where there is
// no room the oldest that waits gives way, else the oldest of all; but nothing
// gives way to one that waits except another such. Null where there is no room.
OpenInvoice* Add(const std::string& invoice_id, bool is_issued,
                 JourneyState& state) {
  auto& invoices = *state.mutable_open_invoices();
  if (invoices.size() == core::kOpenInvoicesMax) {
    auto oldest = std::find_if(
        invoices.begin(), invoices.end(),
        [](const OpenInvoice& invoice) { return !invoice.has_issued(); });
    if (oldest == invoices.end()) {
      if (!is_issued) return nullptr;
      oldest = invoices.begin();
    }
    invoices.erase(oldest);
  }
  OpenInvoice* invoice = invoices.Add();
  invoice->set_invoice_id(invoice_id);
  return invoice;
}

// All is paid or given up, or there never was anything to pay.
bool IsSettled(const OpenInvoice& invoice) {
  if (!invoice.has_issued()) return false;
  return invoice.settled() ||
         (invoice.has_amount() &&
          invoice.settled_minor() >= invoice.amount().amount_minor());
}

void TakeAmount(const v1::Money& amount, OpenInvoice& invoice) {
  if (invoice.amount().currency_code() != amount.currency_code()) {
    invoice.clear_settled_minor();
  }
  *invoice.mutable_amount() = amount;
}

void Issue(const v1::Touchpoint& touchpoint, const Moment& moment,
           JourneyState& state) {
  const v1::Invoice& change = touchpoint.invoice();
  OpenInvoice* invoice = Find(change.invoice_id(), state);
  if (invoice == nullptr) {
    // Known and not open: it was settled.
    if (IsIssued(change.invoice_id(), state)) return;
    invoice = Add(change.invoice_id(), /*is_issued=*/true, state);
  }
  if (change.has_amount()) {
    TakeAmount(change.amount(), *invoice);
  } else if (!invoice->has_issued()) {
    invoice->clear_amount();
    invoice->clear_settled_minor();
  }
  if (change.has_due_date()) *invoice->mutable_due_date() = change.due_date();
  if (!touchpoint.deal_id().empty()) invoice->set_deal_id(touchpoint.deal_id());
  if (!invoice->has_issued()) *invoice->mutable_issued() = moment;
  if (IsSettled(*invoice)) Remove(change.invoice_id(), state);
}

// A part in another currency than the invoice, or of one whose amount nobody
// knows, settles nothing.
void SettlePart(const v1::Money& part, OpenInvoice& invoice) {
  if (!invoice.has_issued() && !invoice.has_amount()) {
    invoice.mutable_amount()->set_currency_code(part.currency_code());
  }
  if (!invoice.has_amount() ||
      invoice.amount().currency_code() != part.currency_code()) {
    return;
  }
  invoice.set_settled_minor(
      AddUpTo(invoice.settled_minor(), part.amount_minor()));
}

void Settle(const v1::Invoice& change, JourneyState& state) {
  const bool is_all = change.action() == v1::Invoice::ACTION_PAID ||
                      change.action() == v1::Invoice::ACTION_CANCELLED ||
                      change.action() == v1::Invoice::ACTION_WRITTEN_OFF;
  const bool is_part = change.action() == v1::Invoice::ACTION_PARTIALLY_PAID ||
                       change.action() == v1::Invoice::ACTION_CREDITED;
  if (!is_all && !(is_part && change.has_amount())) return;
  OpenInvoice* invoice = Find(change.invoice_id(), state);
  if (invoice == nullptr) {
    if (IsIssued(change.invoice_id(), state)) return;
    invoice = Add(change.invoice_id(), /*is_issued=*/false, state);
    if (invoice == nullptr) return;
  }
  if (is_all) {
    invoice->set_settled(true);
  } else {
    SettlePart(change.amount(), *invoice);
  }
  if (IsSettled(*invoice)) Remove(change.invoice_id(), state);
}

}  // namespace

void ApplyToOpenInvoices(const v1::Touchpoint& touchpoint, const Moment& moment,
                         JourneyState& state) {
  if (!touchpoint.has_invoice()) return;
  if (touchpoint.invoice().action() == v1::Invoice::ACTION_ISSUED) {
    Issue(touchpoint, moment, state);
  } else {
    Settle(touchpoint.invoice(), state);
  }
}

core::Micros OverdueSince(const Rules& rules, const OpenInvoice& invoice) {
  return invoice.has_issued() && invoice.has_due_date()
             ? rules.EndOfDay(invoice.due_date())
             : core::kNever;
}

}  // namespace journey::projections
