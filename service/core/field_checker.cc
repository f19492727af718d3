#include "service/core/field_checker.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::core {
namespace {

constexpr int kNanosPerSecond = 1'000'000'000;
// The bound that google.protobuf.Duration documents: about 10,000 years.
constexpr int64_t kDurationSecondsMax = 315'576'000'000;
constexpr int kYearMax = 9999;
constexpr size_t kCurrencyCodeBytes = 3;

bool IsCurrencyCode(absl::string_view code) {
  return code.size() == kCurrencyCodeBytes &&
         std::all_of(code.begin(), code.end(),
                     [](unsigned char c) { return absl::ascii_isupper(c); });
}

bool IsLeapYear(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && IsLeapYear(year) ? 1 : 0);
}

// "A, B or C": the values that may be given.
std::string ValueNames(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    const bool last = i + 1 == type.value_count();
    absl::StrAppend(&names, names.empty() ? "" : (last ? " or " : ", "),
                    type.value(i)->name());
  }
  return names;
}

}  // namespace

void FieldChecker::AppendPath(std::string& path) const {
  if (parent_ == nullptr) return;
  parent_->AppendPath(path);
  absl::StrAppend(&path, path.empty() ? "" : ".", name_);
  if (index_ != kNoIndex) absl::StrAppend(&path, "[", index_, "]");
}

void FieldChecker::Fail(absl::string_view name,
                        absl::string_view description) const {
  std::string path;
  AppendPath(path);
  if (!name.empty()) absl::StrAppend(&path, path.empty() ? "" : ".", name);
  violations_.Add(path, description);
}

void FieldChecker::FailText(absl::string_view name, absl::string_view value,
                            size_t bytes_max) const {
  if (value.size() > bytes_max) {
    Fail(name, absl::StrCat("must be at most ", bytes_max, " bytes, is ",
                            value.size()));
  } else {
    Fail(name, "is not valid UTF-8");
  }
}

void FieldChecker::FailEnum(
    absl::string_view name, int value,
    const google::protobuf::EnumDescriptor& type) const {
  if (value == 0) {
    Fail(name, absl::StrCat("is required; use one of ", ValueNames(type)));
  } else {
    Fail(name,
         absl::StrCat("must be one of ", ValueNames(type), ", is ", value));
  }
}

void FieldChecker::NotNegative(absl::string_view name, int64_t value) const {
  if (value >= 0) return;
  Fail(name, absl::StrCat("must not be negative, is ", value));
}

void FieldChecker::Count(absl::string_view name, int count, int max) const {
  if (count <= max) return;
  Fail(name, absl::StrCat("must have at most ", max, " elements, has ", count));
}

bool FieldChecker::Instant(absl::string_view name,
                           const google::protobuf::Timestamp& instant) const {
  constexpr int64_t kSecondsMax = kInstantMicrosMax / kMicrosPerSecond;
  if (instant.nanos() < 0 || instant.nanos() >= kNanosPerSecond) {
    Fail(name, absl::StrCat("is malformed: nanos must be 0 to ",
                            kNanosPerSecond - 1, ", is ", instant.nanos()));
    return false;
  }
  if (instant.seconds() < 0 || instant.seconds() > kSecondsMax) {
    Fail(name, absl::StrCat("must lie between the years 1970 and 9999, is ",
                            instant.seconds(), " seconds after 1970 began"));
    return false;
  }
  return true;
}

void FieldChecker::Duration(absl::string_view name,
                            const google::protobuf::Duration& duration) const {
  if (duration.seconds() < 0 || duration.nanos() < 0) {
    Fail(name, "must not be negative");
  } else if (duration.seconds() > kDurationSecondsMax ||
             duration.nanos() >= kNanosPerSecond) {
    Fail(name, absl::StrCat("is malformed: at most ", kDurationSecondsMax,
                            " seconds and nanos 0 to ", kNanosPerSecond - 1));
  }
}

void FieldChecker::Money(absl::string_view name, const v1::Money& money) const {
  if (money.amount_minor() < 0) {
    FieldChecker(*this, name).NotNegative("amount_minor", money.amount_minor());
  }
  SignedMoney(name, money);
}

void FieldChecker::SignedMoney(absl::string_view name,
                               const v1::Money& money) const {
  if (IsCurrencyCode(money.currency_code())) return;
  FieldChecker(*this, name)
      .Fail("currency_code",
            "must be three upper-case letters by ISO 4217, for example EUR");
}

bool FieldChecker::Date(absl::string_view name, const v1::Date& date) const {
  const bool has_month = date.year() >= 1 && date.year() <= kYearMax &&
                         date.month() >= 1 && date.month() <= 12;
  const bool ok = has_month && date.day() >= 1 &&
                  date.day() <= DaysInMonth(date.year(), date.month());
  if (!ok) {
    Fail(name, absl::StrCat("is no day of the calendar: year ", date.year(),
                            ", month ", date.month(), ", day ", date.day()));
  }
  return ok;
}

}  // namespace journey::core
