// The part of the naive reference that knows what is one sale.
#ifndef TESTS_PROJECTIONS_REFERENCE_SALES_H_
#define TESTS_PROJECTIONS_REFERENCE_SALES_H_

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "service/core/time.h"

namespace journey::testing {

// Won deals and invoices, and which of them are one sale.
class ReferenceSales {
 public:
  struct Sale {
    std::string first_name;
    std::set<std::string> names;
    core::Micros won = 0;
    // Its invoices, by id, with the date of their issue.
    std::map<std::string, core::Micros> issued;
  };

  // The sale that has the first name known; it takes those that are free.
  Sale& Named(const std::vector<std::string>& names) {
    Sale* found = nullptr;
    for (const auto& name : names) {
      for (Sale& sale : sales_) {
        if (found == nullptr && sale.names.count(name) > 0) found = &sale;
      }
    }
    if (found == nullptr) {
      found = &sales_.emplace_back();
      found->first_name = names[0];
    }
    for (const auto& name : names) {
      const bool taken = std::any_of(
          sales_.begin(), sales_.end(),
          [&](const Sale& sale) { return sale.names.count(name) > 0; });
      if (!taken) found->names.insert(name);
    }
    return *found;
  }

  void Win(const v1::Touchpoint& t) {
    Sale& sale = Named({"deal " + t.deal_id()});
    if (sale.won == 0) sale.won = core::ToMicros(t.occurred_at());
  }

  void Issue(const v1::Touchpoint& t) {
    const v1::Invoice& invoice = t.invoice();
    const std::string& id = invoice.invoice_id();
    std::vector<std::string> names = {"invoice " + id};
    if (!invoice.renewal_id().empty()) {
      names.push_back("renewal " + invoice.renewal_id());
    } else {
      if (!t.deal_id().empty()) names.push_back("deal " + t.deal_id());
      if (!invoice.contract_id().empty()) {
        names.push_back("contract " + invoice.contract_id());
      }
    }
    Named(names).issued.emplace(id, core::ToMicros(t.occurred_at()));
    Debt& debt = debts_[id];
    // Nobody can say what part of an unknown amount a credit is.
    if (!debt.is_issued && !invoice.has_amount()) debt.credited.clear();
    debt.is_issued = true;
    if (invoice.has_amount()) debt.amount = invoice.amount();
    debt.Check();
  }

  // The invoice may be issued only later.
  void Change(const v1::Invoice& invoice) {
    Debt& debt = debts_[invoice.invoice_id()];
    if (invoice.action() == v1::Invoice::ACTION_CANCELLED) {
      debt.is_undone = true;
    } else if (invoice.action() == v1::Invoice::ACTION_CREDITED &&
               invoice.has_amount() &&
               (!debt.is_issued || debt.amount.has_value())) {
      debt.credited[invoice.amount().currency_code()] +=
          invoice.amount().amount_minor();
      debt.Check();
    }
  }

  // The sales that count as purchases, with their dates.
  std::map<std::string, core::Micros> Counted() const {
    std::map<std::string, core::Micros> counted;
    for (const Sale& sale : sales_) {
      std::set<core::Micros> dates;
      for (const auto& [id, at] : sale.issued) {
        if (!debts_.at(id).is_undone) dates.insert(at);
      }
      const bool counts = sale.issued.empty() ? sale.won != 0 : !dates.empty();
      if (!counts) continue;
      if (sale.won != 0) dates.insert(sale.won);
      counted[sale.first_name] = *dates.begin();
    }
    return counted;
  }

 private:
  // What is known of an invoice, whether it is issued or not.
  struct Debt {
    bool is_issued = false;
    std::optional<v1::Money> amount;
    std::map<std::string, int64_t> credited;  // By currency.
    // Cancelled or credited in full: for ever.
    bool is_undone = false;

    void Check() {
      if (is_issued && amount.has_value() && amount->amount_minor() > 0 &&
          credited[amount->currency_code()] >= amount->amount_minor()) {
        is_undone = true;
      }
    }
  };

  std::vector<Sale> sales_;
  std::map<std::string, Debt> debts_;
};

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_SALES_H_
