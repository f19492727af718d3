#include "cli/history_writer.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cli/instants.h"

namespace journey::cli {
namespace {

constexpr const char* kOwners[] = {"anna", "ben", "clara", "david", "eva"};

}  // namespace

v1::Date DayOf(int64_t micros) {
  const auto day =
      absl::ToCivilDay(absl::FromUnixMicros(micros), absl::UTCTimeZone());
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

void SetMoney(v1::Money* money, int64_t amount_minor) {
  money->set_amount_minor(amount_minor);
  money->set_currency_code("EUR");
}

// Histories begin in the first seven tenths of the time, so that most of them
// get somewhere.
HistoryWriter::HistoryWriter(const GeneratorOptions& options, int number)
    : number_(number),
      random_(options.seed * 0x9E3779B1u +
              static_cast<uint64_t>(number) * 0x85EBCA77u),
      now_(options.start_micros +
           random_.Below(std::max<int64_t>(options.days * 7 / 10, 1)) * kDay),
      account_(absl::StrFormat("acc-%04d", number)),
      contact_(account_ + "-c1"),
      boss_(account_ + "-c2"),
      visitor_(absl::StrFormat("v-%04d", number)),
      owner_(random_.Pick(kOwners)) {}

void HistoryWriter::Pass(int64_t hours_low, int64_t hours_high) {
  // One random number a statement: the order of evaluation is not defined.
  now_ += random_.Between(hours_low * 60, hours_high * 60) * kMinute;
  now_ += random_.Below(60) * kSecond;
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixMicros(now_), absl::UTCTimeZone());
  if (civil.hour() < 8) now_ += 8 * kHour;
  if (civil.hour() > 18) now_ += 13 * kHour;
  switch (absl::GetWeekday(
      absl::ToCivilDay(absl::FromUnixMicros(now_), absl::UTCTimeZone()))) {
    case absl::Weekday::saturday:
      now_ += 2 * kDay;
      break;
    case absl::Weekday::sunday:
      now_ += kDay;
      break;
    default:
      break;
  }
}

v1::Touchpoint& HistoryWriter::Add(const char* source) {
  v1::Touchpoint& touchpoint = touchpoints_.emplace_back();
  touchpoint.set_source(source);
  touchpoint.set_touchpoint_id(
      absl::StrFormat("%s-%04d-%03d", source, number_, ++count_));
  *touchpoint.mutable_occurred_at() = FromMicros(now_);
  return touchpoint;
}

v1::Touchpoint& HistoryWriter::AddKnown(const char* source) {
  v1::Touchpoint& touchpoint = Add(source);
  touchpoint.set_account_id(account_);
  touchpoint.set_contact_id(random_.Chance(75) ? contact_ : boss_);
  return touchpoint;
}

v1::Touchpoint& HistoryWriter::AddOwned(const char* source) {
  v1::Touchpoint& touchpoint = AddKnown(source);
  touchpoint.set_owner_id(owner_);
  return touchpoint;
}

v1::Touchpoint& HistoryWriter::AddDeal(v1::DealChange::Action action) {
  v1::Touchpoint& touchpoint = Add("crm");
  touchpoint.set_account_id(account_);
  touchpoint.set_deal_id(deal_);
  touchpoint.set_owner_id(owner_);
  touchpoint.mutable_deal()->set_action(action);
  return touchpoint;
}

}  // namespace journey::cli
