#include "projections/lifecycle/sales.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/amounts.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::Sale;
using storage::v1::SaleInvoice;

std::string DealKey(const std::string& id) { return absl::StrCat("deal:", id); }
std::string ContractKey(const std::string& id) {
  return absl::StrCat("contract:", id);
}
std::string RenewalKey(const std::string& id) {
  return absl::StrCat("renewal:", id);
}
std::string InvoiceKey(const std::string& id) {
  return absl::StrCat("invoice:", id);
}

bool HasKey(const Sale& sale, const std::string& key) {
  return std::find(sale.keys().begin(), sale.keys().end(), key) !=
         sale.keys().end();
}

void AddKey(const std::string& key, Sale& sale) {
  if (sale.keys_size() < core::kSaleKeysMax) sale.add_keys(key);
}

// The sale named by the first of the keys that names one.
Sale* Find(const std::vector<std::string>& keys, JourneyState& state) {
  for (const std::string& key : keys) {
    for (Sale& sale : *state.mutable_sales()) {
      if (HasKey(sale, key)) return &sale;
    }
  }
  return nullptr;
}

// Forgets the oldest sale but for its count and date, so that the state of a
// journey is bounded. From then on nothing can undo it.
void SettleOldest(JourneyState& state) {
  const Sale& oldest = state.sales(0);
  if (oldest.counted()) {
    const int64_t at = oldest.purchased_us();
    const bool is_first = state.settled_purchase_count() == 0;
    state.set_settled_first_us(
        is_first ? at : std::min(state.settled_first_us(), at));
    state.set_settled_last_us(is_first ? at
                                       : std::max(state.settled_last_us(), at));
    state.set_settled_purchase_count(state.settled_purchase_count() + 1);
  }
  state.mutable_sales()->DeleteSubrange(0, 1);
}

// The same, made when no key names one. It takes the keys that are free.
Sale& FindOrAdd(const std::vector<std::string>& keys, JourneyState& state) {
  Sale* sale = Find(keys, state);
  if (sale == nullptr) {
    if (state.sales_size() == core::kSalesMax) SettleOldest(state);
    sale = state.add_sales();
  }
  for (const std::string& key : keys) {
    const Sale* other = Find({key}, state);
    if (other == nullptr) AddKey(key, *sale);
  }
  return *sale;
}

// What an invoice says it belongs to. A renewal is a sale of its own, apart
// from the contract's.
std::vector<std::string> KeysOfInvoice(const v1::Touchpoint& touchpoint) {
  const v1::Invoice& invoice = touchpoint.invoice();
  std::vector<std::string> keys = {InvoiceKey(invoice.invoice_id())};
  if (!invoice.renewal_id().empty()) {
    keys.push_back(RenewalKey(invoice.renewal_id()));
    return keys;
  }
  if (!touchpoint.deal_id().empty()) {
    keys.push_back(DealKey(touchpoint.deal_id()));
  }
  if (!invoice.contract_id().empty()) {
    keys.push_back(ContractKey(invoice.contract_id()));
  }
  return keys;
}

template <typename Invoices>
SaleInvoice* FindInvoice(const std::string& invoice_id, Invoices& invoices) {
  for (SaleInvoice& invoice : invoices) {
    if (invoice.invoice_id() == invoice_id) return &invoice;
  }
  return nullptr;
}

// An invoice that was cancelled or credited and is not issued yet: sources
// report with the precision of a day, and ids decide between equal instants.
SaleInvoice& Waiting(const std::string& invoice_id, JourneyState& state) {
  auto& waiting = *state.mutable_waiting_invoices();
  if (SaleInvoice* known = FindInvoice(invoice_id, waiting)) return *known;
  if (waiting.size() == core::kOpenInvoicesMax) waiting.DeleteSubrange(0, 1);
  SaleInvoice& invoice = *waiting.Add();
  invoice.set_invoice_id(invoice_id);
  return invoice;
}

// Takes over what is known of an invoice that is issued now.
void TakeWaiting(const v1::Invoice& change, SaleInvoice& invoice,
                 JourneyState& state) {
  auto& waiting = *state.mutable_waiting_invoices();
  for (int i = 0; i < waiting.size(); ++i) {
    if (waiting[i].invoice_id() != change.invoice_id()) continue;
    invoice.Swap(&waiting[i]);
    waiting.DeleteSubrange(i, 1);
    break;
  }
  // Nobody can say what part of an unknown amount a credit is.
  if (!change.has_amount()) {
    invoice.clear_amount();
    invoice.clear_credited_minor();
  }
}

// Credited in full, it is undone for ever.
void CheckCredit(SaleInvoice& invoice) {
  if (invoice.issued_us() != 0 && invoice.amount().amount_minor() > 0 &&
      invoice.credited_minor() >= invoice.amount().amount_minor()) {
    invoice.set_undone(true);
  }
}

// Issued again, an invoice keeps its date and takes the new amount.
void Issue(const v1::Invoice& change, const Moment& moment, Sale& sale,
           JourneyState& state) {
  SaleInvoice* invoice =
      FindInvoice(change.invoice_id(), *sale.mutable_invoices());
  if (invoice == nullptr) {
    if (sale.invoices_size() == core::kSaleInvoicesMax) return;
    invoice = sale.add_invoices();
    TakeWaiting(change, *invoice, state);
    invoice->set_invoice_id(change.invoice_id());
    invoice->set_issued_us(moment.at_us());
  }
  if (!change.has_amount()) return;
  if (invoice->amount().currency_code() != change.amount().currency_code()) {
    invoice->clear_credited_minor();
  }
  *invoice->mutable_amount() = change.amount();
  CheckCredit(*invoice);
}

// A credit of unknown amount, or in another currency, is no full credit.
void Credit(const v1::Invoice& change, SaleInvoice& invoice) {
  if (!change.has_amount()) return;
  if (invoice.issued_us() == 0 && !invoice.has_amount()) {
    invoice.mutable_amount()->set_currency_code(
        change.amount().currency_code());
  }
  if (!invoice.has_amount() ||
      change.amount().currency_code() != invoice.amount().currency_code()) {
    return;
  }
  invoice.set_credited_minor(
      AddUpTo(invoice.credited_minor(), change.amount().amount_minor()));
  CheckCredit(invoice);
}

bool CountsAsPurchase(const Sale& sale) {
  if (sale.invoices().empty()) return sale.won_us() != 0;
  return std::any_of(sale.invoices().begin(), sale.invoices().end(),
                     [](const auto& invoice) { return !invoice.undone(); });
}

int64_t PurchaseDate(const Sale& sale) {
  int64_t earliest = sale.won_us();
  for (const SaleInvoice& invoice : sale.invoices()) {
    if (invoice.undone()) continue;
    if (earliest == 0 || invoice.issued_us() < earliest) {
      earliest = invoice.issued_us();
    }
  }
  return earliest;
}

void Recount(JourneyState& state) {
  state.set_purchase_count(state.settled_purchase_count());
  state.set_first_purchase_us(state.settled_first_us());
  state.set_last_purchase_us(state.settled_last_us());
  for (const Sale& sale : state.sales()) {
    if (!sale.counted()) continue;
    const int64_t at = sale.purchased_us();
    if (state.purchase_count() == 0 || at < state.first_purchase_us()) {
      state.set_first_purchase_us(at);
    }
    if (state.purchase_count() == 0 || at > state.last_purchase_us()) {
      state.set_last_purchase_us(at);
    }
    state.set_purchase_count(state.purchase_count() + 1);
  }
}

SaleOutcome Settle(const Moment& moment, Sale& sale, JourneyState& state) {
  SaleOutcome outcome;
  const bool counts = CountsAsPurchase(sale);
  if (counts && !sale.counted()) {
    outcome.purchased = &sale;
    sale.set_purchased_us(PurchaseDate(sale));
    *sale.mutable_counted_by() = moment;
  } else if (!counts && sale.counted()) {
    outcome.undone = &sale;
  } else {
    if (counts && sale.purchased_us() != PurchaseDate(sale)) {
      // The invoice that dated the purchase was undone; another one stands.
      sale.set_purchased_us(PurchaseDate(sale));
      Recount(state);
    }
    return outcome;
  }
  sale.set_counted(counts);
  Recount(state);
  return outcome;
}

SaleOutcome ApplyInvoice(const v1::Touchpoint& touchpoint, const Moment& moment,
                         JourneyState& state) {
  const v1::Invoice& change = touchpoint.invoice();
  if (change.action() == v1::Invoice::ACTION_ISSUED) {
    Sale& sale = FindOrAdd(KeysOfInvoice(touchpoint), state);
    Issue(change, moment, sale, state);
    return Settle(moment, sale, state);
  }
  if (change.action() != v1::Invoice::ACTION_CANCELLED &&
      change.action() != v1::Invoice::ACTION_CREDITED) {
    return {};
  }
  Sale* sale = Find({InvoiceKey(change.invoice_id())}, state);
  SaleInvoice* invoice =
      sale == nullptr
          ? &Waiting(change.invoice_id(), state)
          : FindInvoice(change.invoice_id(), *sale->mutable_invoices());
  if (invoice == nullptr) return {};
  if (change.action() == v1::Invoice::ACTION_CANCELLED) {
    invoice->set_undone(true);
  } else {
    Credit(change, *invoice);
  }
  return sale == nullptr ? SaleOutcome() : Settle(moment, *sale, state);
}

}  // namespace

SaleOutcome ApplyToSales(const v1::Touchpoint& touchpoint, const Moment& moment,
                         bool deal_won, JourneyState& state) {
  if (deal_won) {
    Sale& sale = FindOrAdd({DealKey(touchpoint.deal_id())}, state);
    if (sale.won_us() == 0) sale.set_won_us(moment.at_us());
    return Settle(moment, sale, state);
  }
  if (touchpoint.has_contract() && !touchpoint.deal_id().empty() &&
      touchpoint.contract().action() != v1::Contract::ACTION_RENEWED) {
    // From here on the contract's invoices belong to the deal's sale.
    FindOrAdd({DealKey(touchpoint.deal_id()),
               ContractKey(touchpoint.contract().contract_id())},
              state);
    return {};
  }
  if (touchpoint.has_invoice()) return ApplyInvoice(touchpoint, moment, state);
  return {};
}

bool IsIssued(const std::string& invoice_id, const JourneyState& state) {
  const std::string key = InvoiceKey(invoice_id);
  return std::any_of(state.sales().begin(), state.sales().end(),
                     [&](const Sale& sale) { return HasKey(sale, key); });
}

}  // namespace journey::projections
