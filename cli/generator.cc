#include "cli/generator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cli/history_writer.h"
#include "cli/instants.h"
#include "cli/json.h"

namespace journey::cli {
namespace {

// Keeps the random numbers of accounts, arrivals and costs apart.
constexpr uint64_t kArrivalStream = 0xA11;

struct Delivery {
  int64_t arrives_at = 0;
  std::string line;
};

// Delays some deliveries and repeats some, as flaky networks, nightly exports
// and retrying clients do.
void Deliver(const v1::Touchpoint& touchpoint, Random& random,
             std::vector<Delivery>& deliveries) {
  const int64_t occurred = ToMicros(touchpoint.occurred_at());
  int64_t arrives = occurred + random.Between(1, 90) * kSecond;
  if (random.Chance(3)) arrives += random.Between(1, 20) * kDay;
  const std::string line = ToJsonLine(touchpoint);
  deliveries.push_back({arrives, line});
  if (random.Chance(2)) {
    deliveries.push_back({arrives + random.Between(1, 48) * kHour, line});
  }
}

v1::Touchpoint MonthlyCost(const absl::CivilMonth& month,
                           v1::Spend::Category category, Random& random) {
  const absl::CivilDay first(month);
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const bool marketing = category == v1::Spend::CATEGORY_MARKETING;
  v1::Touchpoint touchpoint;
  touchpoint.set_source("billing");
  touchpoint.set_touchpoint_id(
      absl::StrFormat("spend-%04d-%02d-%s", month.year(), month.month(),
                      marketing ? "marketing" : "sales"));
  *touchpoint.mutable_occurred_at() = FromMicros(absl::ToUnixMicros(
      absl::FromCivil(absl::CivilHour(last) + 18, absl::UTCTimeZone())));
  v1::Spend& spend = *touchpoint.mutable_spend();
  spend.set_category(category);
  SetMoney(spend.mutable_amount(), random.Between(40, 90) * 10'000);
  const auto micros = [](const absl::CivilDay& day) {
    return absl::ToUnixMicros(absl::FromCivil(day, absl::UTCTimeZone()));
  };
  *spend.mutable_starts_on() = DayOf(micros(first));
  *spend.mutable_ends_on() = DayOf(micros(last));
  return touchpoint;
}

void DeliverCosts(const GeneratorOptions& options, Random& random,
                  std::vector<Delivery>& deliveries) {
  const int64_t end = options.start_micros + options.days * kDay;
  absl::CivilMonth month(absl::ToCivilDay(
      absl::FromUnixMicros(options.start_micros), absl::UTCTimeZone()));
  for (;; ++month) {
    for (const auto category :
         {v1::Spend::CATEGORY_MARKETING, v1::Spend::CATEGORY_SALES}) {
      const v1::Touchpoint cost = MonthlyCost(month, category, random);
      if (ToMicros(cost.occurred_at()) >= end) return;
      Deliver(cost, random, deliveries);
    }
  }
}

}  // namespace

// splitmix64 (Steele, Lea, Flood 2014).
uint64_t Random::Next() {
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

int64_t Random::Below(int64_t bound) {
  return static_cast<int64_t>(Next() % static_cast<uint64_t>(bound));
}

int64_t Random::Between(int64_t low, int64_t high) {
  return low + Below(high - low + 1);
}

bool Random::Chance(int percent) { return Below(100) < percent; }

void Generate(const GeneratorOptions& options,
              const std::function<void(const std::string& line)>& on_line) {
  std::vector<Delivery> deliveries;
  Random random(options.seed ^ kArrivalStream);
  DeliverCosts(options, random, deliveries);
  for (int number = 1; number <= options.accounts; ++number) {
    for (const v1::Touchpoint& touchpoint : AccountHistory(options, number)) {
      Deliver(touchpoint, random, deliveries);
    }
  }
  std::stable_sort(deliveries.begin(), deliveries.end(),
                   [](const Delivery& a, const Delivery& b) {
                     return a.arrives_at < b.arrives_at;
                   });
  for (const Delivery& delivery : deliveries) on_line(delivery.line);
}

}  // namespace journey::cli
