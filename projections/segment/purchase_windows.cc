#include "projections/segment/purchase_windows.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/str_cat.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::Sale;

constexpr int kGapsMinDefault = 4;
constexpr double kDeviationsDefault = 2;
constexpr int kDaysMinDefault = 30;
// Means and deviations are rounded: what lies less than this above a whole
// second is that second.
constexpr double kSecondTolerance = 1e-6;

// Longer than the last days of months that a shorter month does not have, and
// than any change of clocks.
constexpr Micros kMonthEnds = 5 * core::kMicrosPerDay;

template <typename Number>
Number OrDefault(Number value, Number otherwise) {
  return value == 0 ? otherwise : value;
}

Micros DaysMin(const v1::OwnRhythmRule& rule) {
  return OrDefault(rule.days_min(), kDaysMinDefault) * core::kMicrosPerDay;
}

// Unset where there are too few gaps between purchases.
std::optional<Rhythm> RhythmOf(const v1::OwnRhythmRule& rule,
                               const Purchases& purchases) {
  const int gaps = static_cast<int>(purchases.size()) - 1;
  if (gaps < OrDefault(rule.gaps_min(), kGapsMinDefault)) return std::nullopt;
  const Micros whole =
      purchases.back()->purchased_us() - purchases.front()->purchased_us();
  const double mean = static_cast<double>(whole) / gaps;
  double squares = 0;
  for (size_t i = 1; i < purchases.size(); ++i) {
    const Micros gap =
        purchases[i]->purchased_us() - purchases[i - 1]->purchased_us();
    squares += std::pow(static_cast<double>(gap) - mean, 2);
  }
  const double deviation = std::sqrt(squares / (gaps - 1));
  const double length =
      mean + OrDefault(rule.deviations(), kDeviationsDefault) * deviation;
  const auto seconds = static_cast<Micros>(
      std::ceil(length / core::kMicrosPerSecond - kSecondTolerance));
  Rhythm rhythm;
  rhythm.gaps = gaps;
  rhythm.mean_days = mean / core::kMicrosPerDay;
  rhythm.deviation_days = deviation / core::kMicrosPerDay;
  rhythm.window = std::max(seconds * core::kMicrosPerSecond, DaysMin(rule));
  return rhythm;
}

}  // namespace

Purchases PurchasesOf(const storage::v1::JourneyState& state) {
  Purchases out;
  for (const Sale& sale : state.sales()) {
    if (sale.counted()) out.push_back(&sale);
  }
  // Most are in order already.
  std::stable_sort(out.begin(), out.end(), [](const Sale* a, const Sale* b) {
    return a->purchased_us() < b->purchased_us();
  });
  return out;
}

Micros RegularWindowEnd(const Rules& rules, const Sale& purchase) {
  return rules.calendar().AddMonths(
      purchase.purchased_us(), rules.rule_set().segments().regular().months());
}

Micros RegularUntil(const Rules& rules, const Purchases& purchases) {
  const v1::SegmentRules& segments = rules.rule_set().segments();
  if (!segments.has_regular()) return 0;
  const auto needed = static_cast<size_t>(segments.regular().purchases());
  if (purchases.size() < needed) return 0;
  // The end of an older purchase comes later only where months end between
  // both (Calendar::AddMonths): so one much older than those needed does not
  // matter.
  const Micros oldest =
      purchases[purchases.size() - needed]->purchased_us() - kMonthEnds;
  std::vector<Micros> ends;
  for (auto it = purchases.rbegin();
       it != purchases.rend() && (*it)->purchased_us() >= oldest; ++it) {
    ends.push_back(RegularWindowEnd(rules, **it));
  }
  const auto last = ends.begin() + static_cast<std::ptrdiff_t>(needed - 1);
  std::nth_element(ends.begin(), last, ends.end(), std::greater<>());
  return *last;
}

Lapse LapseOf(const Rules& rules, const storage::v1::JourneyState& state,
              const Purchases& purchases) {
  Lapse out;
  const v1::SegmentRules& segments = rules.rule_set().segments();
  if (!segments.has_lapse() || state.purchase_count() == 0) return out;
  const v1::LapseRule& rule = segments.lapse();
  const Micros last = state.last_purchase_us();
  out.at = rule.months() > 0 ? rules.calendar().AddMonths(last, rule.months())
                             : last + rule.days() * core::kMicrosPerDay;
  if (!rule.has_own_rhythm()) return out;
  const auto rhythm = RhythmOf(rule.own_rhythm(), purchases);
  if (rhythm.has_value() && last + rhythm->window < out.at) {
    out.at = last + rhythm->window;
    out.rhythm = rhythm;
  }
  return out;
}

std::string DescribeWindow(const v1::LapseRule& rule) {
  return rule.months() > 0 ? absl::StrCat(rule.months(), " months")
                           : absl::StrCat(rule.days(), " days");
}

}  // namespace journey::projections
