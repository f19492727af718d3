#include "tests/support/history.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/text_format.h"
#include "service/core/time.h"

namespace journey::testing {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "bad test data: %s\n", what.c_str());
  std::abort();
}

class Generator {
 public:
  Generator(std::mt19937& random, const RandomHistoryOptions& options)
      : random_(random), options_(options) {}

  v1::Touchpoint Next(int index) {
    // Half of the instants are whole days, so that many are equal.
    int64_t minutes = Pick(options_.days) * int64_t{1440};
    if (Pick(2) == 0) minutes += Pick(1440);
    const core::Micros at =
        At("2025-01-01") + minutes * 60 * core::kMicrosPerSecond;
    const std::string subjects = Subjects();
    return Tp(absl::StrFormat("t%04d", index), core::FormatInstant(at),
              absl::StrCat(subjects, " ", Payload()));
  }

 private:
  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }

  // A payload of kind deal always names a deal.
  std::string Subjects() {
    is_deal_ = Pick(3) == 0;
    std::string out;
    const int form = Pick(10);
    if (form < 6)
      absl::StrAppend(&out, "account_id: 'A", Pick(options_.accounts), "' ");
    if (form >= 4 && form < 8)
      absl::StrAppend(&out, "contact_id: 'C", Pick(options_.contacts), "' ");
    if (form == 8) absl::StrAppend(&out, "anonymous_id: 'V0' ");
    if (is_deal_ || form == 9 || Pick(4) == 0)
      absl::StrAppend(&out, "deal_id: 'D", Pick(options_.deals), "' ");
    if (Pick(3) == 0) absl::StrAppend(&out, "owner_id: 'O", Pick(3), "' ");
    if (Pick(8) == 0) absl::StrAppend(&out, "campaign { name: 'spring' } ");
    return out;
  }

  std::string Payload() {
    if (is_deal_) return DealPayload();
    switch (Pick(20)) {
      case 0:
        return SiteVisitPayload();
      case 1:
        return absl::StrCat(
            "form_submission { intent: ",
            Any({"INTENT_DEMO", "INTENT_CONTENT", "INTENT_PRICING",
                 "INTENT_TRIAL", "INTENT_CONTACT"}),
            " }");
      case 2:
        return absl::StrCat(
            "call { outcome: ", Any({"OUTCOME_CONNECTED", "OUTCOME_BUSY"}),
            " } direction: ", Any({"DIRECTION_INBOUND", "DIRECTION_OUTBOUND"}));
      case 3:
        return absl::StrCat(
            "email { action: ",
            Any({"ACTION_SENT", "ACTION_REPLIED", "ACTION_OPENED",
                 "ACTION_CLICKED", "ACTION_UNSUBSCRIBED"}),
            " bulk: ", Any({"true", "false"}), " }");
      case 4:
        return absl::StrCat(
            "meeting { action: ", Any({"ACTION_HELD", "ACTION_BOOKED"}), " }");
      case 5:
      case 6:
        return OfferPayload();
      case 7:
      case 8:
      case 9:
        return InvoicePayload();
      case 10:
        return absl::StrCat(
            "contract { action: ",
            Any({"ACTION_SIGNED", "ACTION_SENT", "ACTION_RENEWED"}),
            " contract_id: 'K", Pick(3), "' }");
      case 11:
        return absl::StrCat("qualification { action: ",
                            Any({"ACTION_ACCEPTED", "ACTION_REJECTED",
                                 "ACTION_RECYCLED", "ACTION_DISQUALIFIED"}),
                            " }");
      case 12:
        return Pick(2) == 0
                   ? "ticket { action: ACTION_OPENED ticket_id: 'T' }"
                   : absl::StrCat("stage_set { stage_id: '",
                                  Any({"lead", "service", "no_such_stage"}),
                                  "' }");
      case 13:
        return absl::StrCat("expected_silence { until { seconds: ",
                            1735689600 + Pick(200) * 86400, " } }");
      case 14:
        return ProfilePayload();
      default:
        return MarketingPayload();
    }
  }

  std::string SiteVisitPayload() {
    return absl::StrCat("site_visit { pages: ", Pick(8), " url: '",
                        Any({"", "/", "/pricing"}), "' }");
  }

  // What marketing counts: the larger part, so that scores come together.
  std::string MarketingPayload() {
    switch (Pick(5)) {
      case 0:
        return SiteVisitPayload();
      case 1:
        return absl::StrCat("content { asset: 'paper' action: ",
                            Any({"ACTION_VIEWED", "ACTION_DOWNLOADED",
                                 "ACTION_DOWNLOADED", "ACTION_UNSUBSCRIBED"}),
                            " }");
      case 2:
        return absl::StrCat("event_attendance { event_type: '",
                            Any({"webinar", "Webinar", "fair"}), "' action: ",
                            Any({"ACTION_REGISTERED", "ACTION_ATTENDED",
                                 "ACTION_ATTENDED", "ACTION_NO_SHOW"}),
                            " }");
      case 3:
        return absl::StrCat("ad_interaction { action: ",
                            Any({"ACTION_IMPRESSION", "ACTION_CLICK"}), " }");
      default:
        return absl::StrCat("chat { messages: ", Pick(6), " } ",
                            FreeAttribute());
    }
  }

  std::string ProfilePayload() {
    std::string out = FreeAttribute() + " profile { ";
    if (Pick(2) == 0) absl::StrAppend(&out, "industry: 'tools' ");
    if (Pick(2) == 0)
      absl::StrAppend(&out, "mail_domain: '", Any({"gmail.com", "a.example"}),
                      "' ");
    return out + "}";
  }

  std::string FreeAttribute() {
    return absl::StrCat(
        "attributes { fields { key: '", Any({"employees", "vip"}), "' value { ",
        Any({"number_value: 20", "number_value: 300", "bool_value: true",
             "string_value: 'true'", "null_value: NULL_VALUE"}),
        " } } }");
  }

  std::string DealPayload() {
    std::string out =
        absl::StrCat("deal { action: ",
                     Any({"ACTION_OPENED", "ACTION_OPENED",
                          "ACTION_STAGE_CHANGED", "ACTION_UPDATED",
                          "ACTION_WON", "ACTION_LOST", "ACTION_REOPENED"}));
    if (Pick(3) == 0)
      absl::StrAppend(&out, " stage_id: '",
                      Any({"proposal", "negotiation", "unknown"}), "'");
    if (Pick(3) == 0)
      absl::StrAppend(&out, " amount { amount_minor: ", Pick(100000),
                      " currency_code: '", Any({"EUR", "USD"}), "' }");
    if (Pick(3) == 0)
      absl::StrAppend(&out,
                      " expected_close_date { year: 2025 month: ", 1 + Pick(6),
                      " day: ", 1 + Pick(28), " }");
    return out + " }";
  }

  std::string OfferPayload() {
    std::string out =
        absl::StrCat("offer { offer_id: 'F", Pick(4), "' action: ",
                     Any({"ACTION_SENT", "ACTION_SENT", "ACTION_SENT",
                          "ACTION_VIEWED", "ACTION_ACCEPTED", "ACTION_REJECTED",
                          "ACTION_EXPIRED", "ACTION_WITHDRAWN"}));
    if (Pick(4) == 0)
      absl::StrAppend(&out, " replaces_offer_id: 'F", Pick(4), "'");
    if (Pick(3) == 0)
      absl::StrAppend(&out, " valid_until { seconds: ",
                      1735689600 + Pick(150) * 86400, " }");
    return out + " }";
  }

  std::string InvoicePayload() {
    std::string out = absl::StrCat(
        "invoice { invoice_id: 'I", Pick(8), "' action: ",
        Any({"ACTION_ISSUED", "ACTION_ISSUED", "ACTION_ISSUED", "ACTION_PAID",
             "ACTION_CANCELLED", "ACTION_CREDITED"}));
    if (Pick(3) != 0)
      absl::StrAppend(&out, " amount { amount_minor: ", 100 * (1 + Pick(2)),
                      " currency_code: 'EUR' }");
    if (Pick(4) == 0) absl::StrAppend(&out, " contract_id: 'K", Pick(3), "'");
    if (Pick(8) == 0) absl::StrAppend(&out, " renewal_id: 'R", Pick(2), "'");
    return out + " }";
  }

  std::string Any(const std::vector<std::string>& values) {
    return values[static_cast<size_t>(Pick(static_cast<int>(values.size())))];
  }

  std::mt19937& random_;
  const RandomHistoryOptions options_;
  bool is_deal_ = false;
};

}  // namespace

core::Micros At(absl::string_view instant) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, instant, &time, &error) ||
      absl::ParseTime("%Y-%m-%d", instant, &time, &error)) {
    return absl::ToUnixMicros(time);
  }
  Fail(absl::StrCat(instant, ": ", error));
}

v1::Touchpoint Tp(const std::string& id, absl::string_view occurred_at,
                  const std::string& fields) {
  v1::Touchpoint touchpoint;
  if (!google::protobuf::TextFormat::ParseFromString(fields, &touchpoint)) {
    Fail(fields);
  }
  touchpoint.set_source("test");
  touchpoint.set_touchpoint_id(id);
  *touchpoint.mutable_occurred_at() = core::ToTimestamp(At(occurred_at));
  return touchpoint;
}

std::vector<v1::Touchpoint> RandomHistory(std::mt19937& random,
                                          const RandomHistoryOptions& options) {
  Generator generator(random, options);
  std::vector<v1::Touchpoint> out;
  out.reserve(static_cast<size_t>(options.touchpoints));
  for (int i = 0; i < options.touchpoints; ++i) {
    out.push_back(generator.Next(i));
  }
  return out;
}

std::vector<v1::Touchpoint> TalkativeHistory(
    std::mt19937& random, const RandomHistoryOptions& options) {
  std::vector<v1::Touchpoint> out = RandomHistory(random, options);
  for (v1::Touchpoint& touchpoint : out) {
    if (touchpoint.has_deal() || touchpoint.has_offer() ||
        touchpoint.has_expected_silence() || random() % 4 == 0) {
      continue;
    }
    const unsigned choice = random() % 12;
    if (choice < 2) {
      touchpoint.mutable_offer()->set_action(v1::Offer::ACTION_SENT);
      touchpoint.mutable_offer()->set_offer_id(absl::StrCat("F", choice));
      continue;
    }
    if (choice < 5) {
      touchpoint.set_owner_id("O");
      touchpoint.mutable_email()->set_action(v1::Email::ACTION_SENT);
    } else {
      touchpoint.mutable_email()->set_action(v1::Email::ACTION_REPLIED);
      touchpoint.clear_direction();
    }
    touchpoint.mutable_email()->set_bulk(false);
  }
  return out;
}

}  // namespace journey::testing
