#include "tests/projections/random_segments.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "service/core/time.h"
#include "tests/support/history.h"

namespace journey::testing {
namespace {

class Generator {
 public:
  Generator(std::mt19937& random, int days) : random_(random), days_(days) {}

  v1::Touchpoint Next(int index) {
    // Half of the instants are whole days, so that many are equal.
    int64_t minutes = Pick(days_) * int64_t{1440};
    if (Pick(2) == 0) minutes += Pick(1440);
    const core::Micros at =
        At("2024-01-01") + minutes * 60 * core::kMicrosPerSecond;
    return Tp(absl::StrFormat("t%04d", index), core::FormatInstant(at),
              absl::StrCat("account_id: 'A' ", Payload()));
  }

  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }

 private:
  std::string Payload() {
    switch (Pick(10)) {
      case 0:
        return "call { outcome: OUTCOME_CONNECTED }";
      case 1:
      case 2:
        return absl::StrCat(
            "deal_id: 'D", Pick(3), "' deal { action: ",
            Any({"ACTION_OPENED", "ACTION_WON", "ACTION_LOST", "ACTION_LOST",
                 "ACTION_REOPENED", "ACTION_UPDATED"}),
            " }");
      case 3:
        return absl::StrCat("deal_id: 'D", Pick(3),
                            "' contract { action: ACTION_SIGNED "
                            "contract_id: 'K",
                            Pick(2), "' }");
      default:
        return Invoice();
    }
  }

  // What an invoice's amount is depends on its number: of every fourth one
  // nobody knows, and parts of every fifth are paid in another currency.
  std::string Invoice() {
    const int number = Pick(14);
    const std::string action =
        Any({"ACTION_ISSUED", "ACTION_ISSUED", "ACTION_ISSUED", "ACTION_ISSUED",
             "ACTION_PAID", "ACTION_PARTIALLY_PAID", "ACTION_CANCELLED",
             "ACTION_CREDITED", "ACTION_WRITTEN_OFF"});
    std::string out =
        absl::StrCat("invoice { invoice_id: 'I", number, "' action: ", action);
    const bool is_issued = action == "ACTION_ISSUED";
    if (is_issued && number % 4 != 0) AppendMoney(400, "EUR", out);
    if (!is_issued && Pick(4) > 0) {
      AppendMoney(100 * (1 + Pick(4)), number % 5 == 0 ? "USD" : "EUR", out);
    }
    if (is_issued && Pick(3) > 0) {
      const absl::CivilDay due = absl::CivilDay(2024, 1, 1) + Pick(days_);
      absl::StrAppend(&out, " due_date { year: ", due.year(),
                      " month: ", due.month(), " day: ", due.day(), " }");
    }
    if (Pick(6) == 0) absl::StrAppend(&out, " contract_id: 'K", Pick(2), "'");
    return out + " }";
  }

  static void AppendMoney(int amount, const char* currency, std::string& out) {
    absl::StrAppend(&out, " amount { amount_minor: ", amount,
                    " currency_code: '", currency, "' }");
  }

  std::string Any(const std::vector<std::string>& values) {
    return values[static_cast<size_t>(Pick(static_cast<int>(values.size())))];
  }

  std::mt19937& random_;
  const int days_;
};

}  // namespace

std::vector<v1::Touchpoint> RandomPurchases(std::mt19937& random, int count,
                                            int days) {
  Generator generator(random, days);
  std::vector<v1::Touchpoint> out;
  for (int i = 0; i < count; ++i) out.push_back(generator.Next(i));
  return out;
}

v1::SegmentRules RandomSegmentRules(std::mt19937& random) {
  const auto pick = [&](int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random);
  };
  v1::SegmentRules rules;
  if (pick(5) > 0) {
    rules.mutable_regular()->set_purchases(1 + pick(4));
    rules.mutable_regular()->set_months(1 + pick(6));
  }
  if (pick(6) == 0) return rules;
  v1::LapseRule& lapse = *rules.mutable_lapse();
  if (pick(2) == 0) {
    lapse.set_days(5 + pick(120));
  } else {
    lapse.set_months(1 + pick(5));
  }
  if (pick(3) == 0) return rules;
  v1::OwnRhythmRule& rhythm = *lapse.mutable_own_rhythm();
  if (pick(3) > 0) rhythm.set_gaps_min(2 + pick(2));
  if (pick(2) == 0) rhythm.set_deviations(0.25 * (1 + pick(8)));
  if (pick(3) > 0) rhythm.set_days_min(1 + pick(20));
  return rules;
}

}  // namespace journey::testing
