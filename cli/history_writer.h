// What every invented history is made with: a clock that keeps working hours,
// and touchpoints of one account.
#ifndef CLI_HISTORY_WRITER_H_
#define CLI_HISTORY_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/generator.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::cli {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

[[nodiscard]] v1::Date DayOf(int64_t micros);

// In euros.
void SetMoney(v1::Money* money, int64_t amount_minor);

// Base of the stories. Not thread-safe.
class HistoryWriter {
 protected:
  HistoryWriter(const GeneratorOptions& options, int number);

  // Time goes on by so many hours and then to a working hour.
  void Pass(int64_t hours_low, int64_t hours_high);

  // Each adds a touchpoint that occurs now; the reference holds until the
  // next one is added.
  v1::Touchpoint& Add(const char* source);
  // From a person of the account who is known.
  v1::Touchpoint& AddKnown(const char* source);
  // The same, with the employee responsible.
  v1::Touchpoint& AddOwned(const char* source);
  v1::Touchpoint& AddDeal(v1::DealChange::Action action);

  const int number_;
  Random random_;
  int64_t now_;
  const std::string account_;
  const std::string contact_;
  const std::string boss_;
  const std::string visitor_;
  const std::string owner_;
  // The deal that is being talked about; empty without one.
  std::string deal_;
  int count_ = 0;
  std::vector<v1::Touchpoint> touchpoints_;
};

}  // namespace journey::cli

#endif  // CLI_HISTORY_WRITER_H_
