#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

std::string Age(const google::protobuf::Timestamp& since, int64_t at) {
  return ShortDuration(at - ToMicros(since));
}

std::string Ago(const google::protobuf::Timestamp& then, bool set, int64_t at) {
  if (!set) return "";
  return absl::StrCat(ShortInstant(then, true), " (", Age(then, at), ")");
}

std::string ProductsOf(const v1::Deal& deal) {
  return absl::StrJoin(deal.products(), ", ",
                       [](std::string* text, const v1::Product& product) {
                         if (product.quantity() > 0) {
                           absl::StrAppend(text, product.quantity(), " × ");
                         }
                         absl::StrAppend(text, product.product_id());
                       });
}

std::string ContactsOf(const v1::Deal& deal) {
  return absl::StrJoin(deal.contacts(), ", ",
                       [](std::string* text, const v1::DealContact& contact) {
                         absl::StrAppend(text, contact.contact_id());
                         if (contact.role() != v1::DEAL_ROLE_UNSPECIFIED) {
                           absl::StrAppend(text, " (",
                                           ShortName(contact.role()), ")");
                         }
                       });
}

std::string MoneyOf(const v1::Deal& deal) {
  return deal.has_amount() ? FormatMoney(deal.amount()) : "";
}

std::string FlagsOf(const v1::Deal& deal) {
  return absl::StrJoin(deal.flags(), ", ", [](std::string* text, int flag) {
    absl::StrAppend(text, ShortName(static_cast<v1::DealFlag>(flag)));
  });
}

void PrintStalls(const v1::Deal& deal, int64_t at, std::ostream& out) {
  if (deal.stalls().empty()) return;
  out << "\nSTALLS\n";
  Table table({"REASON", "SEVERITY", "SINCE", ">FOR", "WHY"});
  for (const v1::Stall& stall : deal.stalls()) {
    table.AddRow({ShortName(stall.reason()), ShortName(stall.severity()),
                  ShortInstant(stall.since(), true), Age(stall.since(), at),
                  stall.explanation().text()});
  }
  table.Print(out);
}

void PrintDealStages(const v1::Deal& deal, int64_t at, std::ostream& out) {
  if (deal.stage_history().empty()) return;
  out << "\nSTAGES\n";
  Table table({"ENTERED", "LEFT", ">STAYED", "STAGE", "CAUSE"});
  for (const v1::DealStageVisit& visit : deal.stage_history()) {
    const int64_t end = visit.has_left_at() ? ToMicros(visit.left_at()) : at;
    table.AddRow({ShortInstant(visit.entered_at(), true),
                  ShortInstant(visit.left_at(), visit.has_left_at()),
                  Age(visit.entered_at(), end), visit.name(),
                  absl::StrCat(visit.cause().source(), " ",
                               visit.cause().touchpoint_id())});
  }
  table.Print(out);
}

}  // namespace

void PrintDeal(const v1::Deal& deal, int64_t at, std::ostream& out) {
  Facts facts;
  facts.Add("Deal", deal.deal_id());
  facts.Add("Name", deal.name());
  facts.Add("Journey", FormatSubject(deal.journey()));
  facts.Add("Status", ShortName(deal.status()));
  facts.Add("Pipeline", deal.pipeline_id());
  facts.Add("Stage", absl::StrCat(deal.stage().name(), " since ",
                                  Ago(deal.stage().entered_at(), true, at)));
  facts.Add("Amount",
            absl::StrCat(MoneyOf(deal),
                         deal.currency_changed() ? " (currency changed)" : ""));
  if (deal.has_win_probability_percent()) {
    facts.Add("Probability",
              absl::StrCat(deal.win_probability_percent(), " %"));
  }
  facts.Add("Products", ProductsOf(deal));
  facts.Add(
      "Expected close",
      absl::StrCat(FormatDate(deal.expected_close_date()),
                   deal.push_count() > 0
                       ? absl::StrCat(" (pushed ", deal.push_count(), " times)")
                       : ""));
  facts.Add("Delivery", FormatDate(deal.delivery_date()));
  facts.Add("Owner", deal.owner_id());
  facts.Add("Contacts", ContactsOf(deal));
  facts.Add("Odd", FlagsOf(deal));
  facts.Add("Missing", absl::StrJoin(deal.missing_fields(), ", "));
  facts.Add("Opened", Ago(deal.opened_at(), deal.has_opened_at(), at));
  facts.Add("Closed", Ago(deal.closed_at(), deal.has_closed_at(), at));
  facts.Add("Lost because", deal.lost_reason());
  facts.Add("Customer's last word",
            Ago(deal.last_customer_touchpoint_at(),
                deal.has_last_customer_touchpoint_at(), at));
  facts.Add("Our last word", Ago(deal.last_company_touchpoint_at(),
                                 deal.has_last_company_touchpoint_at(), at));
  facts.Add("Silent until", ShortInstant(deal.expected_silence_until(),
                                         deal.has_expected_silence_until()));
  facts.Add("Why", deal.explanation().text());
  facts.Print(out);
  PrintStalls(deal, at, out);
  PrintDealStages(deal, at, out);
}

void PrintDeals(const std::vector<v1::Deal>& deals, int64_t at,
                std::ostream& out) {
  Table table({"DEAL", "STATUS", "STAGE", ">AMOUNT", ">AGE", "OWNER", "JOURNEY",
               "STALLED"});
  for (const v1::Deal& deal : deals) {
    const int64_t end = deal.has_closed_at() ? ToMicros(deal.closed_at()) : at;
    table.AddRow({deal.deal_id(), ShortName(deal.status()),
                  deal.stage().stage_id(), MoneyOf(deal),
                  Age(deal.opened_at(), end), deal.owner_id(),
                  FormatSubject(deal.journey()), StallReasons(deal)});
  }
  table.Print(out);
}

}  // namespace journey::cli
