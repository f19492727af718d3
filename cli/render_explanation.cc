#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

using Causes = google::protobuf::RepeatedPtrField<v1::PlacedCause>;

std::string Since(const google::protobuf::Timestamp& then,
                  const v1::JourneyExplanation& explanation) {
  return absl::StrCat(
      ShortInstant(then, true), " (",
      ShortDuration(ToMicros(explanation.as_of()) - ToMicros(then)), ")");
}

std::string DescribeCause(const v1::PlacedCause& cause) {
  const std::string kind = ShortName(cause.kind());
  return cause.action().empty() ? kind
                                : absl::StrCat(kind, " ", cause.action());
}

void AddRule(const v1::Explanation& explanation, Facts& facts) {
  facts.Add("Why", explanation.text());
  facts.Add("Rule", absl::StrCat(explanation.rule_id(), " (rule set ",
                                 explanation.rule_set_id(), ", version ",
                                 explanation.rule_set_version(), ")"));
}

void PrintCauses(const Causes& causes, std::ostream& out) {
  if (causes.empty()) return;
  out << '\n';
  Table table({"OCCURRED", "TOUCHPOINT", "SOURCE", "ID", ">POSITION"});
  for (const v1::PlacedCause& cause : causes) {
    table.AddRow({ShortInstant(cause.occurred_at(), true), DescribeCause(cause),
                  cause.touchpoint().source(),
                  cause.touchpoint().touchpoint_id(),
                  FormatCount(cause.position())});
  }
  table.Print(out);
}

void PrintStage(const v1::JourneyExplanation& explanation, std::ostream& out) {
  const v1::StageVisit& visit = explanation.stage().visit();
  out << "\nSTAGE\n";
  Facts facts;
  facts.Add("Now", absl::StrCat(visit.stage_id(), " since ",
                                Since(visit.entered_at(), explanation)));
  AddRule(visit.explanation(), facts);
  facts.Print(out);
  PrintCauses(explanation.stage().causes(), out);
}

// What is missing to the next status: every way on a line.
void AddWays(const v1::LeadExplanation& lead, Facts& facts) {
  v1::LeadStatus last = v1::LEAD_STATUS_UNSPECIFIED;
  for (const v1::LeadWay& way : lead.ways()) {
    const bool is_same = way.to() == last;
    last = way.to();
    std::string name = "Missing";
    if (way.to() != v1::LEAD_STATUS_UNSPECIFIED) {
      name =
          is_same ? "  or" : absl::StrCat("Missing to ", ShortName(way.to()));
    }
    facts.Add(name, way.text());
  }
}

void PrintLead(const v1::JourneyExplanation& explanation, std::ostream& out) {
  const v1::LeadExplanation& lead = explanation.lead();
  const v1::LeadStanding& standing = lead.standing();
  out << "\nLEAD STATUS\n";
  Facts facts;
  facts.Add("Now", absl::StrCat(ShortName(standing.status()), " since ",
                                Since(standing.since(), explanation)));
  AddRule(standing.explanation(), facts);
  facts.Add("Holds until",
            lead.has_holds_until()
                ? absl::StrCat(ShortInstant(lead.holds_until(), true),
                               ", if nothing more happens")
                : "");
  facts.Add(
      "Counts",
      lead.has_counted_after()
          ? absl::StrCat("only what came after ",
                         ShortInstant(lead.counted_after().occurred_at(), true),
                         " (", DescribeCause(lead.counted_after()), ")")
          : "");
  if (standing.has_open_request()) {
    facts.Add(
        "Open request",
        absl::StrCat("since ",
                     Since(standing.open_request().requested_at(), explanation),
                     ": ", standing.open_request().explanation().text()));
  }
  AddWays(lead, facts);
  facts.Print(out);
  PrintCauses(lead.causes(), out);
  PrintCauses(lead.open_request_causes(), out);
}

std::string DescribeCap(const v1::CapExplanation& cap) {
  return absl::StrCat(cap.group_id(), ": ", cap.cap_points_per_week(),
                      " points a week; cut ", cap.points_cut(), " in ",
                      cap.weeks_cut(),
                      cap.weeks_cut() == 1 ? " week" : " weeks", ", now worth ",
                      FormatPoints(cap.points_cut_left()));
}

void PrintContributions(const v1::BehaviourExplanation& behaviour,
                        std::ostream& out) {
  if (behaviour.contributions().empty()) return;
  out << '\n';
  Table table({"OCCURRED", "WHAT", ">POINTS", ">CUT", ">LEFT", "COUNTS",
               "SOURCE", "ID", ">POSITION"});
  for (const v1::ScoreContribution& each : behaviour.contributions()) {
    table.AddRow({ShortInstant(each.cause().occurred_at(), true),
                  each.condition_name(), absl::StrCat(each.points()),
                  each.points_cut() == 0 ? "" : absl::StrCat(each.points_cut()),
                  FormatPoints(each.points_left()),
                  each.qualifying() ? "yes" : "no",
                  each.cause().touchpoint().source(),
                  each.cause().touchpoint().touchpoint_id(),
                  FormatCount(each.cause().position())});
  }
  table.Print(out);
}

void PrintBehaviour(const v1::BehaviourExplanation& behaviour,
                    std::ostream& out) {
  const v1::BehaviourScore& score = behaviour.score();
  out << "\nBEHAVIOUR SCORE\n";
  Facts facts;
  facts.Add("Now",
            absl::StrCat(FormatPoints(score.points()),
                         " points, of "
                         "which ",
                         FormatPoints(score.qualifying_points()), " count; ",
                         score.mql_threshold(), " make an MQL"));
  AddRule(behaviour.explanation(), facts);
  for (const v1::CapExplanation& cap : behaviour.caps()) {
    facts.Add("Cap", DescribeCap(cap));
  }
  if (behaviour.contributions_left_out() > 0) {
    facts.Add("Not listed",
              absl::StrCat(FormatCount(behaviour.contributions_left_out()),
                           " older ones, of which ",
                           FormatPoints(behaviour.left_out_points()),
                           " points are left"));
  }
  facts.Print(out);
  PrintContributions(behaviour, out);
}

void PrintFit(const v1::FitExplanation& fit, std::ostream& out) {
  out << "\nFIT SCORE\n";
  Facts facts;
  facts.Add("Now", absl::StrCat(fit.points(), " points"));
  AddRule(fit.explanation(), facts);
  facts.Print(out);
  if (fit.contributions().empty()) return;
  out << '\n';
  Table table({"OCCURRED", "WHAT", ">POINTS", "SOURCE", "ID", ">POSITION"});
  for (const v1::FitContribution& each : fit.contributions()) {
    table.AddRow({ShortInstant(each.cause().occurred_at(), true),
                  each.condition_name(), absl::StrCat(each.points()),
                  each.cause().touchpoint().source(),
                  each.cause().touchpoint().touchpoint_id(),
                  FormatCount(each.cause().position())});
  }
  table.Print(out);
}

void PrintStalls(const v1::JourneyExplanation& explanation, std::ostream& out) {
  for (const v1::StallExplanation& each : explanation.stalls()) {
    out << "\nSTALL\n";
    Facts facts;
    facts.Add("Deal", absl::StrCat(each.deal_id(), "  ", each.deal_name()));
    facts.Add("Now",
              absl::StrCat(ShortName(each.stall().reason()), ", ",
                           ShortName(each.stall().severity()), ", since ",
                           Since(each.stall().since(), explanation)));
    AddRule(each.stall().explanation(), facts);
    facts.Print(out);
    PrintCauses(each.causes(), out);
  }
  if (explanation.stalls_left_out() > 0) {
    out << "\n" << explanation.stalls_left_out() << " more stalls.\n";
  }
}

}  // namespace

void PrintExplanation(const v1::JourneyExplanation& explanation,
                      std::ostream& out) {
  Facts facts;
  facts.Add("Journey", FormatSubject(explanation.subject()));
  facts.Add("As of", ShortInstant(explanation.as_of(), true));
  facts.Print(out);
  PrintStage(explanation, out);
  PrintLead(explanation, out);
  if (explanation.has_behaviour()) {
    PrintBehaviour(explanation.behaviour(), out);
  }
  if (explanation.has_fit()) PrintFit(explanation.fit(), out);
  PrintStalls(explanation, out);
}

}  // namespace journey::cli
