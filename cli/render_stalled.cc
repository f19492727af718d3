// Stalled deals, by reason.
#include <algorithm>
#include <limits>
#include <map>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

// Where the terminal is narrow, longer ones are cut. The id of a deal never is,
// because people ask for the deal by it.
constexpr size_t kNarrowStageWidth = 12;
constexpr size_t kNarrowOwnerWidth = 10;

// In the order of the list, the oldest first.
using Entries = std::vector<const v1::StalledDeal*>;

bool IsCritical(const v1::Stall& stall) {
  return stall.severity() == v1::STALL_SEVERITY_CRITICAL;
}

int64_t Clamp(absl::int128 amount) {
  return static_cast<int64_t>(std::min<absl::int128>(
      std::numeric_limits<int64_t>::max(),
      std::max<absl::int128>(std::numeric_limits<int64_t>::min(), amount)));
}

// "3 deals, 1 critical, 1,234.50 EUR + 10.00 USD".
std::string Summary(const Entries& entries) {
  std::map<std::string, absl::int128> sums;
  int64_t critical = 0;
  for (const v1::StalledDeal* entry : entries) {
    if (IsCritical(entry->stall())) ++critical;
    if (!entry->deal().has_amount()) continue;
    const v1::Money& amount = entry->deal().amount();
    sums[amount.currency_code()] += amount.amount_minor();
  }
  google::protobuf::RepeatedPtrField<v1::Money> moneys;
  for (const auto& [currency_code, sum] : sums) {
    moneys.Add()->set_currency_code(currency_code);
    moneys.rbegin()->set_amount_minor(Clamp(sum));
  }
  std::string out =
      absl::StrCat(FormatCount(static_cast<int64_t>(entries.size())),
                   entries.size() == 1 ? " deal" : " deals");
  if (critical > 0)
    absl::StrAppend(&out, ", ", FormatCount(critical), " critical");
  if (!moneys.empty()) absl::StrAppend(&out, ", ", FormatMoneys(moneys));
  return out;
}

std::string MoneyOf(const v1::Deal& deal) {
  return deal.has_amount() ? FormatMoney(deal.amount()) : "";
}

std::string Age(const v1::Stall& stall, int64_t at) {
  return ShortDuration(at - ToMicros(stall.since()));
}

Table WideTable(const Entries& entries, int64_t at) {
  Table table({"SINCE", ">FOR", "SEVERITY", "DEAL", "STAGE", ">AMOUNT", "OWNER",
               "JOURNEY"});
  for (const v1::StalledDeal* entry : entries) {
    const v1::Deal& deal = entry->deal();
    const v1::Stall& stall = entry->stall();
    table.AddRow({ShortInstant(stall.since(), true), Age(stall, at),
                  ShortName(stall.severity()), deal.deal_id(),
                  deal.stage().stage_id(), MoneyOf(deal), deal.owner_id(),
                  FormatSubject(deal.journey())});
  }
  return table;
}

Table NarrowTable(const Entries& entries, int64_t at) {
  Table table({"SINCE", ">FOR", "", "DEAL", "STAGE", ">AMOUNT", "OWNER"});
  for (const v1::StalledDeal* entry : entries) {
    const v1::Deal& deal = entry->deal();
    const v1::Stall& stall = entry->stall();
    table.AddRow(
        {ShortInstant(stall.since(), true).substr(0, 10), Age(stall, at),
         IsCritical(stall) ? "!!" : "!", deal.deal_id(),
         Truncate(Printable(deal.stage().stage_id()), kNarrowStageWidth),
         MoneyOf(deal),
         Truncate(Printable(deal.owner_id()), kNarrowOwnerWidth)});
  }
  return table;
}

}  // namespace

void PrintStalledDeals(const std::vector<v1::StalledDeal>& stalled, int64_t at,
                       int width, std::ostream& out) {
  std::map<v1::StallReason, Entries> by_reason;
  for (const v1::StalledDeal& entry : stalled) {
    by_reason[entry.stall().reason()].push_back(&entry);
  }
  const bool is_wide =
      std::all_of(by_reason.begin(), by_reason.end(), [&](const auto& group) {
        return WideTable(group.second, at).Width() <=
               static_cast<size_t>(width);
      });
  bool is_first = true;
  for (const auto& [reason, entries] : by_reason) {
    if (!is_first) out << "\n";
    is_first = false;
    out << ShortName(reason) << ": " << Summary(entries) << "\n";
    (is_wide ? WideTable(entries, at) : NarrowTable(entries, at)).Print(out);
  }
}

}  // namespace journey::cli
