#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

// The API gives no more of them and does not say whether there are more.
constexpr int kScoreCausesMax = 10;

bool ShowsAllDeals(const v1::Journey& journey) {
  return journey.open_deals_size() == journey.open_deal_count();
}

// How many open deals are stalled, with "+" where there may be more.
std::string StalledDealsOf(const v1::Journey& journey) {
  const auto stalled = std::count_if(
      journey.open_deals().begin(), journey.open_deals().end(),
      [](const v1::Deal& deal) { return deal.stalls_size() > 0; });
  return absl::StrCat(stalled, ShowsAllDeals(journey) ? "" : "+");
}

std::string Since(const google::protobuf::Timestamp& then, bool set,
                  const v1::Journey& journey) {
  if (!set) return "";
  return absl::StrCat(ShortInstant(then, true), " (",
                      ShortDuration(ToMicros(journey.as_of()) - ToMicros(then)),
                      ")");
}

void PrintStages(const v1::Journey& journey, std::ostream& out) {
  if (journey.stage_history().empty()) return;
  out << "\nSTAGES";
  if (journey.stage_visit_count() > journey.stage_history_size()) {
    out << ", the newest " << journey.stage_history_size() << " of "
        << journey.stage_visit_count();
  }
  out << "\n";
  Table table(
      {"ENTERED", "LEFT", ">STAYED", ">CYCLE", "STAGE", "SKIPPED", "WHY"});
  for (const v1::StageVisit& visit : journey.stage_history()) {
    const int64_t end = visit.has_left_at() ? ToMicros(visit.left_at())
                                            : ToMicros(journey.as_of());
    table.AddRow({ShortInstant(visit.entered_at(), true),
                  ShortInstant(visit.left_at(), visit.has_left_at()),
                  ShortDuration(end - ToMicros(visit.entered_at())),
                  absl::StrCat(visit.cycle()),
                  absl::StrCat(visit.stage_id(),
                               visit.set_by_person() ? " (by hand)" : ""),
                  absl::StrJoin(visit.skipped_stage_ids(), ","),
                  visit.explanation().rule_id()});
  }
  table.Print(out);
}

void PrintOpenDeals(const v1::Journey& journey, std::ostream& out) {
  if (journey.open_deals().empty()) return;
  out << "\nOPEN DEALS";
  if (!ShowsAllDeals(journey)) {
    out << ", " << journey.open_deals_size() << " of "
        << FormatCount(journey.open_deal_count());
  }
  out << "\n";
  Table table({"DEAL", "STAGE", ">AMOUNT", ">OPEN FOR", "OWNER", "STALLED"});
  for (const v1::Deal& deal : journey.open_deals()) {
    table.AddRow(
        {deal.deal_id(), deal.stage().stage_id(),
         deal.has_amount() ? FormatMoney(deal.amount()) : "",
         ShortDuration(ToMicros(journey.as_of()) - ToMicros(deal.opened_at())),
         deal.owner_id(), StallReasons(deal)});
  }
  table.Print(out);
}

void AddScores(const v1::Journey& journey, Facts& facts) {
  if (journey.scores().has_behaviour()) {
    const v1::BehaviourScore& score = journey.scores().behaviour();
    // Not all of them count once sales has given the lead back.
    const std::string part =
        score.qualifying_points() == score.points()
            ? ""
            : absl::StrCat(", of which ",
                           FormatPoints(score.qualifying_points()), " count");
    facts.Add("Score", absl::StrCat(FormatPoints(score.points()), part, " (",
                                    score.mql_threshold(), " make an MQL)"));
    facts.Add("Score falls",
              ShortInstant(score.falls_below_at(), score.has_falls_below_at()));
  }
  if (journey.scores().has_fit()) {
    facts.Add("Fit", absl::StrCat(journey.scores().fit().points()));
  }
}

std::string BehaviourPoints(const v1::Scores& scores) {
  return scores.has_behaviour() ? FormatPoints(scores.behaviour().points())
                                : "";
}

std::string FitPoints(const v1::Scores& scores) {
  return scores.has_fit() ? absl::StrCat(scores.fit().points()) : "";
}

void PrintScoreCauses(const v1::Journey& journey, std::ostream& out) {
  const v1::BehaviourScore& score = journey.scores().behaviour();
  if (score.causes().empty()) return;
  out << "\nSCORE"
      << (score.causes_size() >= kScoreCausesMax ? ", the newest 10 causes\n"
                                                 : "\n");
  Table table({"OCCURRED", "CONDITION", ">POINTS", ">LEFT", "TOUCHPOINT"});
  for (const v1::ScoreCause& cause : score.causes()) {
    table.AddRow({ShortInstant(cause.occurred_at(), true), cause.condition_id(),
                  absl::StrCat(cause.points()),
                  FormatPoints(cause.points_left()),
                  absl::StrCat(cause.touchpoint().source(), " ",
                               cause.touchpoint().touchpoint_id())});
  }
  table.Print(out);
}

}  // namespace

std::string StallReasons(const v1::Deal& deal) {
  return absl::StrJoin(
      deal.stalls(), ", ", [](std::string* text, const v1::Stall& stall) {
        absl::StrAppend(
            text, ShortName(stall.reason()),
            stall.severity() == v1::STALL_SEVERITY_CRITICAL ? "!" : "");
      });
}

std::string NameIn(
    const google::protobuf::RepeatedPtrField<v1::ProfileAttribute>& profile) {
  const auto name = std::find_if(
      profile.begin(), profile.end(),
      [](const v1::ProfileAttribute& entry) { return entry.key() == "name"; });
  return name == profile.end() ? "" : name->value().string_value();
}

void PrintJourney(const v1::Journey& journey,
                  std::optional<int64_t> subject_version, std::ostream& out) {
  Facts facts;
  facts.Add("Journey", FormatSubject(journey.subject()));
  facts.Add("Name", NameIn(journey.profile()));
  facts.Add("As of", ShortInstant(journey.as_of(), journey.has_as_of()));
  facts.Add("Stage",
            absl::StrCat(journey.stage().stage_id(), " since ",
                         Since(journey.stage().entered_at(), true, journey)));
  facts.Add("Customer's view", journey.stage().customer_name());
  facts.Add("Led by", journey.stage().led_by());
  facts.Add("Why", journey.stage().explanation().text());
  facts.Add("Furthest stage", journey.furthest_stage_id());
  facts.Add("Cycle", absl::StrCat(journey.cycle()));
  const v1::LeadStanding& lead = journey.lead();
  facts.Add("Lead", absl::StrCat(ShortName(lead.status()), " since ",
                                 Since(lead.since(), true, journey)));
  facts.Add("Why", lead.explanation().text());
  facts.Add("Open request", Since(lead.open_request().requested_at(),
                                  lead.has_open_request(), journey));
  AddScores(journey, facts);
  if (journey.has_plan()) {
    facts.Add("Plan", DescribeProgress(journey.plan()));
  }
  for (const v1::SegmentStanding& standing : journey.segments()) {
    facts.Add("Segment", absl::StrCat(ShortName(standing.segment()), " since ",
                                      Since(standing.since(), true, journey)));
    facts.Add("Why", standing.explanation().text());
  }
  facts.Add("Owner", journey.owner_id());
  facts.Add("Deals",
            absl::StrCat(journey.deal_count(), ", ", journey.open_deal_count(),
                         " open, ", StalledDealsOf(journey), " stalled"));
  facts.Add("Purchases", FormatCount(journey.purchase_count()));
  facts.Add("Last purchase", Since(journey.last_purchase_at(),
                                   journey.has_last_purchase_at(), journey));
  facts.Add("Touchpoints", FormatCount(journey.touchpoint_count()));
  facts.Add("First touchpoint",
            Since(journey.first_touchpoint_at(),
                  journey.has_first_touchpoint_at(), journey));
  facts.Add("Last touchpoint",
            Since(journey.last_touchpoint_at(),
                  journey.has_last_touchpoint_at(), journey));
  if (subject_version.has_value()) {
    facts.Add("Version", FormatCount(*subject_version));
  }
  facts.Print(out);
  PrintStages(journey, out);
  PrintOpenDeals(journey, out);
  PrintScoreCauses(journey, out);
}

void PrintJourneys(const std::vector<v1::Journey>& journeys,
                   std::ostream& out) {
  Table table({"JOURNEY", "STAGE", ">FOR", "LEAD", ">SCORE", ">FIT", ">CYCLE",
               ">OPEN", ">STALLED", ">BOUGHT", "OWNER", "LAST TOUCHPOINT"});
  for (const v1::Journey& journey : journeys) {
    table.AddRow(
        {FormatSubject(journey.subject()), journey.stage().stage_id(),
         ShortDuration(ToMicros(journey.as_of()) -
                       ToMicros(journey.stage().entered_at())),
         ShortName(journey.lead().status()), BehaviourPoints(journey.scores()),
         FitPoints(journey.scores()), absl::StrCat(journey.cycle()),
         absl::StrCat(journey.open_deal_count()), StalledDealsOf(journey),
         FormatCount(journey.purchase_count()), journey.owner_id(),
         ShortInstant(journey.last_touchpoint_at(),
                      journey.has_last_touchpoint_at())});
  }
  table.Print(out);
}

void PrintSegments(const v1::CountSegmentsResponse& segments,
                   std::ostream& out) {
  Table table({"SEGMENT", ">JOURNEYS"});
  for (const v1::SegmentCount& count : segments.counts()) {
    table.AddRow(
        {ShortName(count.segment()), FormatCount(count.journey_count())});
  }
  table.Print(out);
}

void PrintContacts(const std::vector<v1::JourneyContact>& contacts,
                   std::ostream& out) {
  Table table({"CONTACT", "NAME", "LEAD", "SINCE", ">SCORE", ">FIT",
               ">TOUCHPOINTS", "LAST TOUCHPOINT"});
  for (const v1::JourneyContact& contact : contacts) {
    table.AddRow(
        {contact.contact_id(), NameIn(contact.profile()),
         ShortName(contact.lead().status()),
         ShortInstant(contact.lead().since(), contact.lead().has_since()),
         BehaviourPoints(contact.scores()), FitPoints(contact.scores()),
         FormatCount(contact.touchpoint_count()),
         ShortInstant(contact.last_touchpoint_at(),
                      contact.has_last_touchpoint_at())});
  }
  table.Print(out);
}

}  // namespace journey::cli
