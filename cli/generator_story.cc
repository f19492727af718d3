// The story of one account: strangers who look around, people who ask,
// deals that are won, lost or die in silence, and customers who come back.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/generator.h"
#include "cli/history_writer.h"
#include "cli/instants.h"

namespace journey::cli {
namespace {

using v1::Touchpoint;

constexpr const char* kIndustries[] = {"engineering", "logistics", "retail",
                                       "health",      "software",  "food"};
constexpr const char* kSizes[] = {"1-9", "10-49", "50-249", "250+"};
constexpr const char* kPages[] = {"/", "/products", "/pricing", "/cases",
                                  "/blog/why-it-works"};
constexpr const char* kAssets[] = {"buyers-guide", "roi-calculator",
                                   "security-paper"};
constexpr const char* kProducts[] = {"starter", "team", "business", "support",
                                     "training"};
constexpr const char* kStages[] = {"qualification", "proposal", "negotiation"};
constexpr const char* kNames[] = {"Alder", "Birch", "Cedar", "Dogwood", "Elm",
                                  "Fir",   "Hazel", "Maple", "Oak",     "Yew"};
constexpr const char* kForms[] = {"Works",  "Freight", "Stores",
                                  "Clinic", "Labs",    "Foods"};

class Story : private HistoryWriter {
 public:
  Story(const GeneratorOptions& options, int number)
      : HistoryWriter(options, number) {}

  std::vector<Touchpoint> Tell() && {
    LookAround();
    if (random_.Chance(10)) return std::move(touchpoints_);
    Introduce();
    Nurture();
    if (random_.Chance(15)) {
      TryOut();
      return std::move(touchpoints_);
    }
    AskForOffer();
    int rounds = 1;
    while (Sell(rounds) && random_.Chance(55) && rounds < 4) {
      Serve();
      ++rounds;
    }
    return std::move(touchpoints_);
  }

 private:
  void Visit(bool known) {
    Touchpoint& touchpoint = Add("web");
    touchpoint.set_anonymous_id(visitor_);
    if (known) touchpoint.set_contact_id(contact_);
    v1::SiteVisit& visit = *touchpoint.mutable_site_visit();
    visit.set_url(absl::StrCat("https://example.com", random_.Pick(kPages)));
    visit.set_pages(static_cast<int32_t>(random_.Between(1, 9)));
    visit.mutable_duration()->set_seconds(random_.Between(5, 900));
  }

  void LookAround() {
    Pass(0, 48);
    if (random_.Chance(50)) {
      Touchpoint& touchpoint = Add("ads");
      touchpoint.set_anonymous_id(visitor_);
      touchpoint.mutable_ad_interaction()->set_network("search");
      touchpoint.mutable_ad_interaction()->set_action(
          v1::AdInteraction::ACTION_CLICK);
      touchpoint.mutable_campaign()->set_source("search");
      touchpoint.mutable_campaign()->set_medium("cpc");
      touchpoint.mutable_campaign()->set_name("spring");
      now_ += 20 * kSecond;
    }
    for (int64_t i = random_.Between(3, 9); i > 0; --i) {
      Visit(false);
      Pass(4, 96);
    }
  }

  void Introduce() {
    Touchpoint& form = Add("web");
    form.set_anonymous_id(visitor_);
    form.set_contact_id(contact_);
    form.mutable_form_submission()->set_intent(
        v1::FormSubmission::INTENT_CONTENT);
    form.mutable_form_submission()->set_form_id("download");
    now_ += 2 * kMinute;
    Touchpoint& download = Add("web");
    download.set_contact_id(contact_);
    download.mutable_content()->set_asset(random_.Pick(kAssets));
    download.mutable_content()->set_action(v1::Content::ACTION_DOWNLOADED);
    Pass(1, 30);
    Touchpoint& profile = Add("crm");
    profile.set_account_id(account_);
    profile.set_contact_id(contact_);
    profile.set_owner_id(owner_);
    v1::Profile& about = *profile.mutable_profile();
    // One random number a statement: the order of evaluation is not defined.
    name_ = random_.Pick(kNames);
    absl::StrAppend(&name_, " ", random_.Pick(kForms));
    about.set_name(name_);
    about.set_industry(random_.Pick(kIndustries));
    about.set_size(random_.Pick(kSizes));
    about.set_mail_domain(absl::StrFormat("acc%04d.example", number_));
  }

  void Mail(v1::Email::Action action, bool bulk) {
    Touchpoint& touchpoint = bulk ? AddKnown("mail") : AddOwned("mail");
    touchpoint.mutable_email()->set_action(action);
    touchpoint.mutable_email()->set_bulk(bulk);
  }

  void Nurture() {
    for (int64_t i = random_.Between(2, 6); i > 0; --i) {
      Pass(48, 160);
      Mail(v1::Email::ACTION_SENT, true);
      if (random_.Chance(60)) {
        Pass(1, 30);
        Mail(v1::Email::ACTION_OPENED, true);
      }
      if (random_.Chance(35)) {
        now_ += kMinute;
        Mail(v1::Email::ACTION_CLICKED, true);
        now_ += kMinute;
        Visit(true);
      }
    }
    if (random_.Chance(30)) {
      Pass(24, 120);
      Touchpoint& webinar = AddKnown("events");
      webinar.mutable_event_attendance()->set_event_id("webinar-7");
      webinar.mutable_event_attendance()->set_event_type("webinar");
      webinar.mutable_event_attendance()->set_action(
          random_.Chance(70) ? v1::EventAttendance::ACTION_ATTENDED
                             : v1::EventAttendance::ACTION_NO_SHOW);
    }
  }

  // Much interest that marketing has made, but no word with sales yet: a lead
  // that becomes marketing qualified.
  void TryOut() {
    Pass(24, 96);
    Touchpoint& trial = AddKnown("web");
    trial.mutable_form_submission()->set_form_id("try-it");
    trial.mutable_form_submission()->set_intent(
        v1::FormSubmission::INTENT_TRIAL);
    for (int64_t i = random_.Between(2, 4); i > 0; --i) {
      Pass(6, 48);
      Visit(true);
      now_ += 2 * kMinute;
      Touchpoint& download = AddKnown("web");
      download.mutable_content()->set_asset(random_.Pick(kAssets));
      download.mutable_content()->set_action(v1::Content::ACTION_DOWNLOADED);
    }
    Pass(24, 72);
    Touchpoint& webinar = AddKnown("events");
    webinar.mutable_event_attendance()->set_event_id("webinar-8");
    webinar.mutable_event_attendance()->set_event_type("webinar");
    webinar.mutable_event_attendance()->set_action(
        v1::EventAttendance::ACTION_ATTENDED);
  }

  void AskForOffer() {
    Pass(12, 120);
    Touchpoint& form = AddKnown("web");
    form.mutable_form_submission()->set_form_id("talk-to-us");
    form.mutable_form_submission()->set_intent(
        random_.Chance(60) ? v1::FormSubmission::INTENT_DEMO
                           : v1::FormSubmission::INTENT_PRICING);
    Pass(1, 20);
    Call(85);
  }

  void Call(int percent_connected) {
    Touchpoint& touchpoint = AddOwned("phone");
    touchpoint.set_direction(v1::DIRECTION_OUTBOUND);
    v1::Call& call = *touchpoint.mutable_call();
    const bool connected = random_.Chance(percent_connected);
    call.set_outcome(connected ? v1::Call::OUTCOME_CONNECTED
                               : v1::Call::OUTCOME_NO_ANSWER);
    if (connected) {
      call.mutable_duration()->set_seconds(random_.Between(60, 1800));
    }
    if (!deal_.empty()) touchpoint.set_deal_id(deal_);
  }

  void Meet() {
    Touchpoint& booked = AddOwned("crm");
    booked.mutable_meeting()->set_action(v1::Meeting::ACTION_BOOKED);
    const std::string id = absl::StrFormat("m-%04d-%02d", number_, count_);
    booked.mutable_meeting()->set_meeting_id(id);
    Pass(24, 100);
    *booked.mutable_meeting()->mutable_starts_at() = FromMicros(now_);
    Touchpoint& held = AddOwned("crm");
    held.mutable_meeting()->set_meeting_id(id);
    held.mutable_meeting()->set_action(random_.Chance(88)
                                           ? v1::Meeting::ACTION_HELD
                                           : v1::Meeting::ACTION_NO_SHOW);
  }

  // Returns true when the deal was won.
  bool Sell(int round) {
    deal_ = absl::StrFormat("D-%04d-%d", number_, round);
    amount_ = random_.Between(8, 400) * 25'000;
    Pass(4, 72);
    Touchpoint& opened = AddDeal(v1::DealChange::ACTION_OPENED);
    v1::DealChange& deal = *opened.mutable_deal();
    deal.set_name(
        absl::StrCat(name_, ", ", round == 1 ? "first order" : "next order"));
    deal.set_stage_id("prospecting");
    SetMoney(deal.mutable_amount(), amount_);
    *deal.mutable_expected_close_date() = DayOf(now_ + 45 * kDay);
    v1::Product& product = *deal.add_products();
    product.set_product_id(random_.Pick(kProducts));
    product.set_quantity(random_.Between(1, 20));
    const int64_t silent_from = random_.Chance(25) ? random_.Below(3) : 9;
    for (int64_t stage = 0; stage < 3; ++stage) {
      Converse();
      if (stage == silent_from) {
        FallSilent();
        return false;
      }
      Pass(12, 60);
      AddDeal(v1::DealChange::ACTION_STAGE_CHANGED)
          .mutable_deal()
          ->set_stage_id(kStages[stage]);
      if (stage == 1) Offer(v1::Offer::ACTION_SENT);
    }
    Converse();
    return Decide();
  }

  void Converse() {
    for (int64_t i = random_.Between(0, 5); i > 0; --i) {
      Pass(4, 30);
      Visit(true);
    }
    Pass(24, 72);
    Call(80);
    if (random_.Chance(70)) {
      Pass(2, 48);
      Mail(v1::Email::ACTION_SENT, false);
      Pass(2, 60);
      Mail(v1::Email::ACTION_REPLIED, false);
    }
    if (random_.Chance(40)) {
      Pass(10, 60);
      Meet();
    }
    if (random_.Chance(10)) {
      Touchpoint& chat = AddKnown("web");
      chat.mutable_chat()->set_messages(
          static_cast<int32_t>(random_.Between(2, 20)));
    }
  }

  void Offer(v1::Offer::Action action) {
    now_ += 3 * kHour;
    Touchpoint& touchpoint = AddOwned("crm");
    touchpoint.set_deal_id(deal_);
    v1::Offer& offer = *touchpoint.mutable_offer();
    offer.set_action(action);
    offer.set_offer_id(absl::StrCat("O", deal_.substr(1)));
    SetMoney(offer.mutable_amount(), amount_);
    if (action == v1::Offer::ACTION_SENT) {
      *offer.mutable_valid_until() = FromMicros(now_ + 30 * kDay);
    }
  }

  // The customer says nothing more; the company tries a few times.
  void FallSilent() {
    if (random_.Chance(25)) {
      Touchpoint& touchpoint = AddKnown("phone");
      v1::ExpectedSilence& silence = *touchpoint.mutable_expected_silence();
      *silence.mutable_until() = FromMicros(now_ + 30 * kDay);
      silence.set_reason("budget round");
    }
    for (int64_t i = random_.Between(0, 3); i > 0; --i) {
      Pass(100, 240);
      random_.Chance(50) ? Call(0) : Mail(v1::Email::ACTION_SENT, false);
    }
    if (random_.Chance(30)) {
      Pass(100, 300);
      *AddDeal(v1::DealChange::ACTION_UPDATED)
           .mutable_deal()
           ->mutable_expected_close_date() = DayOf(now_ + 30 * kDay);
    }
  }

  bool Decide() {
    Pass(48, 200);
    if (random_.Chance(35)) {
      Offer(v1::Offer::ACTION_REJECTED);
      now_ += kHour;
      AddDeal(v1::DealChange::ACTION_LOST)
          .mutable_deal()
          ->set_lost_reason(random_.Chance(50) ? "price" : "competitor");
      return false;
    }
    Offer(v1::Offer::ACTION_ACCEPTED);
    now_ += kHour;
    SetMoney(
        AddDeal(v1::DealChange::ACTION_WON).mutable_deal()->mutable_amount(),
        amount_);
    Bill(v1::Invoice::ACTION_ISSUED);
    Pass(100, 500);
    Bill(v1::Invoice::ACTION_PAID);
    return true;
  }

  void Bill(v1::Invoice::Action action) {
    now_ += 2 * kHour;
    Touchpoint& touchpoint = Add("billing");
    touchpoint.set_account_id(account_);
    touchpoint.set_deal_id(deal_);
    v1::Invoice& invoice = *touchpoint.mutable_invoice();
    invoice.set_action(action);
    invoice.set_invoice_id(absl::StrCat("I", deal_.substr(1)));
    SetMoney(invoice.mutable_amount(), amount_);
    if (action == v1::Invoice::ACTION_ISSUED) {
      *invoice.mutable_due_date() = DayOf(now_ + 30 * kDay);
    }
  }

  void Serve() {
    deal_.clear();
    if (random_.Chance(60)) {
      Pass(48, 300);
      const std::string id = absl::StrFormat("T-%04d-%d", number_, count_);
      const bool complaint = random_.Chance(30);
      Touchpoint& opened = AddKnown("desk");
      v1::TicketChange& ticket = *opened.mutable_ticket();
      ticket.set_action(v1::TicketChange::ACTION_OPENED);
      ticket.set_ticket_id(id);
      ticket.set_type(complaint ? v1::TicketChange::TYPE_COMPLAINT
                                : v1::TicketChange::TYPE_QUESTION);
      ticket.set_severity(complaint ? v1::TicketChange::SEVERITY_HIGH
                                    : v1::TicketChange::SEVERITY_LOW);
      if (complaint) opened.set_sentiment(v1::SENTIMENT_NEGATIVE);
      Pass(3, 90);
      Touchpoint& resolved = AddKnown("desk");
      resolved.mutable_ticket()->set_action(v1::TicketChange::ACTION_RESOLVED);
      resolved.mutable_ticket()->set_ticket_id(id);
    }
    Pass(200, 700);
    if (random_.Chance(50)) {
      Touchpoint& answered = AddKnown("survey");
      answered.mutable_survey()->set_type(v1::Survey::TYPE_NPS);
      answered.mutable_survey()->set_score(
          static_cast<int32_t>(random_.Between(4, 10)));
    }
    Visit(true);
  }

  // The account's name, once it is known.
  std::string name_;
  int64_t amount_ = 0;
};

}  // namespace

std::vector<Touchpoint> AccountHistory(const GeneratorOptions& options,
                                       int number) {
  std::vector<Touchpoint> touchpoints = Story(options, number).Tell();
  const int64_t end = options.start_micros + options.days * kDay;
  touchpoints.erase(
      std::remove_if(touchpoints.begin(), touchpoints.end(),
                     [end](const Touchpoint& touchpoint) {
                       return ToMicros(touchpoint.occurred_at()) >= end;
                     }),
      touchpoints.end());
  return touchpoints;
}

}  // namespace journey::cli
