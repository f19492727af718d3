#include "tests/projections/reference_segments.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_sales.h"

namespace journey::testing {
namespace {

using core::Micros;

constexpr Micros kDay = core::kMicrosPerDay;

struct YearMonthDay {
  int year = 1970;
  int month = 1;
  int day = 1;
};

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// Counts the days since 1970-01-01 one month at a time.
Micros MidnightOf(const YearMonthDay& date) {
  int64_t days = date.day - 1;
  for (int year = 1970; year <= date.year; ++year) {
    const int end = year == date.year ? date.month : 13;
    for (int month = 1; month < end; ++month) days += DaysInMonth(year, month);
  }
  return days * kDay;
}

YearMonthDay DateOf(Micros instant) {
  YearMonthDay date;
  for (int64_t left = instant / kDay; left > 0;) {
    const int days = DaysInMonth(date.year, date.month);
    if (left < days) {
      date.day += static_cast<int>(left);
      break;
    }
    left -= days;
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  return date;
}

Micros MonthsAfter(Micros instant, int months) {
  YearMonthDay date = DateOf(instant);
  for (; months > 0; --months) {
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  date.day = std::min(date.day, DaysInMonth(date.year, date.month));
  return MidnightOf(date) + instant % kDay;
}

// What is reported of one invoice.
struct Bill {
  bool issued = false;
  bool settled = false;
  v1::Money amount;
  int64_t parts = 0;
  Micros overdue = core::kNever;
};

// Everything that is known after some touchpoints.
class Facts {
 public:
  explicit Facts(const v1::RuleSet& rules) : rules_(rules.segments()) {}

  void Add(const v1::Touchpoint& t) {
    if (t.has_deal()) AddDeal(t);
    if (t.has_contract() && !t.deal_id().empty() &&
        t.contract().action() != v1::Contract::ACTION_RENEWED) {
      sales_.Named(
          {"deal " + t.deal_id(), "contract " + t.contract().contract_id()});
    }
    if (t.has_invoice()) AddInvoice(t);
    purchases_.clear();
    for (const auto& [name, at] : sales_.Counted()) purchases_.push_back(at);
    std::sort(purchases_.begin(), purchases_.end());
  }

  // What holds at an instant when nothing more has happened.
  std::set<v1::Segment> Holding(Micros instant) const {
    std::set<v1::Segment> out;
    if (purchases_.empty()) {
      out.insert(v1::SEGMENT_PROSPECT);
    } else if (!AnyOpen() && instant >= LapseEnd()) {
      out.insert(v1::SEGMENT_LOST);
    } else if (IsRegular(instant)) {
      out.insert(v1::SEGMENT_REGULAR);
    } else {
      out.insert(v1::SEGMENT_ACTIVE);
    }
    for (const auto& [id, bill] : bills_) {
      const bool is_paid = bill.amount.currency_code() == "EUR" &&
                           bill.parts >= bill.amount.amount_minor();
      if (bill.issued && !bill.settled && !is_paid && instant >= bill.overdue) {
        out.insert(v1::SEGMENT_AT_RISK);
      }
    }
    return out;
  }

  // Instants at which the answer may change.
  std::set<Micros> Moments() const {
    std::set<Micros> out;
    for (const Micros at : purchases_) {
      if (rules_.has_regular()) {
        out.insert(MonthsAfter(at, rules_.regular().months()));
      }
    }
    if (!purchases_.empty()) out.insert(LapseEnd());
    for (const auto& [id, bill] : bills_) out.insert(bill.overdue);
    return out;
  }

 private:
  void AddDeal(const v1::Touchpoint& t) {
    v1::DealStatus& status = deals_[t.deal_id()];
    const v1::DealStatus before = status;
    switch (t.deal().action()) {
      case v1::DealChange::ACTION_WON:
        status = v1::DEAL_STATUS_WON;
        break;
      case v1::DealChange::ACTION_LOST:
        status = v1::DEAL_STATUS_LOST;
        break;
      case v1::DealChange::ACTION_REOPENED:
        status = v1::DEAL_STATUS_OPEN;
        break;
      default:
        if (before == v1::DEAL_STATUS_UNSPECIFIED) {
          status = v1::DEAL_STATUS_OPEN;
        }
    }
    if (status != before && status == v1::DEAL_STATUS_WON) sales_.Win(t);
  }

  void AddInvoice(const v1::Touchpoint& t) {
    const v1::Invoice& invoice = t.invoice();
    Bill& bill = bills_[invoice.invoice_id()];
    switch (invoice.action()) {
      case v1::Invoice::ACTION_ISSUED:
        sales_.Issue(t);
        bill.issued = true;
        bill.amount = invoice.amount();
        if (invoice.has_due_date()) {
          bill.overdue =
              MidnightOf({invoice.due_date().year(), invoice.due_date().month(),
                          invoice.due_date().day()}) +
              kDay;
        }
        return;
      case v1::Invoice::ACTION_PARTIALLY_PAID:
      case v1::Invoice::ACTION_CREDITED:
        // In another currency it settles and undoes nothing.
        if (invoice.amount().currency_code() != "EUR") return;
        bill.parts += invoice.amount().amount_minor();
        break;
      default:
        bill.settled = true;
    }
    sales_.Change(invoice);
  }

  bool AnyOpen() const {
    return std::any_of(deals_.begin(), deals_.end(), [](const auto& deal) {
      return deal.second == v1::DEAL_STATUS_OPEN;
    });
  }

  bool IsRegular(Micros instant) const {
    if (!rules_.has_regular()) return false;
    const auto count =
        std::count_if(purchases_.begin(), purchases_.end(), [&](Micros at) {
          return instant < MonthsAfter(at, rules_.regular().months());
        });
    return count >= rules_.regular().purchases();
  }

  Micros LapseEnd() const {
    if (!rules_.has_lapse()) return core::kNever;
    const v1::LapseRule& rule = rules_.lapse();
    const Micros last = purchases_.back();
    const Micros end = rule.days() > 0 ? last + rule.days() * kDay
                                       : MonthsAfter(last, rule.months());
    return std::min(end, RhythmEnd());
  }

  Micros RhythmEnd() const {
    const v1::OwnRhythmRule& rule = rules_.lapse().own_rhythm();
    if (!rules_.lapse().has_own_rhythm()) return core::kNever;
    std::vector<long double> gaps;
    for (size_t i = 1; i < purchases_.size(); ++i) {
      gaps.push_back(
          static_cast<long double>(purchases_[i] - purchases_[i - 1]) /
          core::kMicrosPerSecond);
    }
    const size_t needed =
        rule.gaps_min() == 0 ? 4 : static_cast<size_t>(rule.gaps_min());
    if (gaps.size() < needed) return core::kNever;
    long double sum = 0;
    for (const long double gap : gaps) sum += gap;
    const long double mean = sum / static_cast<long double>(gaps.size());
    long double squares = 0;
    for (const long double gap : gaps) squares += (gap - mean) * (gap - mean);
    const long double sd =
        std::sqrt(squares / static_cast<long double>(gaps.size() - 1));
    const double factor = rule.deviations() == 0 ? 2 : rule.deviations();
    const int days_min = rule.days_min() == 0 ? 30 : rule.days_min();
    const auto seconds =
        static_cast<Micros>(std::ceil(mean + factor * sd - 1e-6L));
    return purchases_.back() +
           std::max(seconds * core::kMicrosPerSecond, days_min * kDay);
  }

  const v1::SegmentRules& rules_;
  ReferenceSales sales_;
  std::map<std::string, v1::DealStatus> deals_;
  std::map<std::string, Bill> bills_;
  std::vector<Micros> purchases_;
};

// Takes note of what holds at an instant.
void Note(const std::set<v1::Segment>& holding, Micros at, SegmentDates& out) {
  for (auto it = out.begin(); it != out.end();) {
    it = holding.count(it->first) > 0 ? std::next(it) : out.erase(it);
  }
  for (const v1::Segment segment : holding) out.emplace(segment, at);
}

}  // namespace

SegmentDates ReferenceSegments(const v1::RuleSet& rules,
                               std::vector<v1::Touchpoint> touchpoints,
                               Micros instant) {
  std::sort(touchpoints.begin(), touchpoints.end(),
            [](const auto& a, const auto& b) {
              return core::OrderKeyOf(a) < core::OrderKeyOf(b);
            });
  SegmentDates out;
  Facts facts(rules);
  Micros last = 0;
  const auto let_time_pass = [&](Micros until) {
    std::set<Micros> moments = facts.Moments();
    moments.insert(until);
    for (const Micros at : moments) {
      if (last < at && at <= until) Note(facts.Holding(at), at, out);
    }
  };
  for (const v1::Touchpoint& t : touchpoints) {
    const Micros at = core::ToMicros(t.occurred_at());
    if (at > instant) break;
    if (last != 0) let_time_pass(at);
    facts.Add(t);
    last = at;
    Note(facts.Holding(at), at, out);
  }
  if (last != 0) let_time_pass(instant);
  return out;
}

}  // namespace journey::testing
