// How journeys, deals, tickets and touchpoints look in a terminal.
#ifndef CLI_RENDER_H_
#define CLI_RENDER_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/journey_map.h"
#include "google/protobuf/repeated_field.h"
#include "journey/v1/deal_service.pb.h"
#include "journey/v1/identity_service.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/journey_explanation.pb.h"
#include "journey/v1/journey_service.pb.h"
#include "journey/v1/signal_service.pb.h"
#include "journey/v1/ticket.pb.h"
#include "journey/v1/touchpoint_service.pb.h"

namespace journey::cli {

// One journey in full. `subject_version` is its own subject's; none where
// another subject was asked for.
void PrintJourney(const v1::Journey& journey,
                  std::optional<int64_t> subject_version, std::ostream& out);

// Why a journey stands where it stands.
void PrintExplanation(const v1::JourneyExplanation& explanation,
                      std::ostream& out);

// One line a journey.
void PrintJourneys(const std::vector<v1::Journey>& journeys, std::ostream& out);

// One line a segment.
void PrintSegments(const v1::CountSegmentsResponse& segments,
                   std::ostream& out);

// One line a contact of a journey.
void PrintContacts(const std::vector<v1::JourneyContact>& contacts,
                   std::ostream& out);

// The reasons of a deal's stalls, critical ones marked: "inactive!, slipped".
[[nodiscard]] std::string StallReasons(const v1::Deal& deal);

// What the newest profile calls a customer; empty where none does.
[[nodiscard]] std::string NameIn(
    const google::protobuf::RepeatedPtrField<v1::ProfileAttribute>& profile);

// The plan of a stage, activity by activity.
void PrintPlan(const v1::GetPlanResponse& response, std::ostream& out);

// "[#####---------------] 10 of 40 points, momentum 0.50".
[[nodiscard]] std::string DescribeProgress(const v1::Plan& plan);

// One line an activity, in lines of at most `width` columns.
void PrintActivities(const v1::Plan& plan, size_t width, std::ostream& out);

// A journey by the stages of its template, in lines of at most `width` columns
// where there is room for the dates: from 60 columns on.
void PrintMap(const JourneyMap& map, int width, std::ostream& out);

// One line a touchpoint or change.
void PrintTimeline(const std::vector<v1::TimelineEntry>& entries,
                   std::ostream& out);

// One journey at two instants; `from` is the earlier one.
void PrintDiff(const v1::DiffJourneyResponse& diff,
               const google::protobuf::Timestamp& from, std::ostream& out);

// "stage lead -> opportunity", "lead none -> mql", "deal:D-1 stalled:
// inactive".
[[nodiscard]] std::string DescribeChange(const v1::JourneyChange& change);

// One deal in full. `at` is the instant that ages are counted to.
void PrintDeal(const v1::Deal& deal, int64_t at, std::ostream& out);

void PrintDeals(const std::vector<v1::Deal>& deals, int64_t at,
                std::ostream& out);

// By reason, each with the money at stake. Where a terminal of `width` columns
// is too narrow for everything, without the journeys and with the names
// of stages and owners cut.
void PrintStalledDeals(const std::vector<v1::StalledDeal>& stalled, int64_t at,
                       int width, std::ostream& out);

// A board: columns side by side, as many as fit into `width`, the others
// below.
void PrintBoard(const v1::GetBoardResponse& board, int64_t at, int width,
                std::ostream& out);

// One ticket in full. `at` is the instant that ages are counted to.
void PrintTicket(const v1::Ticket& ticket, int64_t at, std::ostream& out);

// One line a ticket, with as much of its subject as fits into `columns`.
void PrintTickets(const std::vector<v1::Ticket>& tickets, int64_t at,
                  int columns, std::ostream& out);

// Whose journey a subject belongs to, and why.
void PrintIdentity(const v1::Subject& subject,
                   const v1::ResolveResponse& identity, std::ostream& out);

// One line about a link or merge that was said or taken back.
void PrintLinkResult(const std::string& source, const std::string& id,
                     int64_t position, const std::string& result,
                     std::ostream& out);

// A warning that so many links, at least one, bind nobody.
void PrintInertWarning(int64_t links, std::ostream& err);

// One signal a row: what is to be done stands beside it where `columns` are
// many, else below.
void PrintSignals(const std::vector<v1::Signal>& signals, int columns,
                  std::ostream& out);

// The same for what is to be done.
void PrintActionItems(const std::vector<v1::ActionItem>& items, int columns,
                      std::ostream& out);

// "acknowledged by anna", "snoozed until 2025-03-04 08:00", "withdrawn";
// separated by ", ", empty for a signal that is open and holds.
[[nodiscard]] std::string DescribeSignalState(const v1::Signal& signal);

// One entry of the signal log as a line, without a line feed.
[[nodiscard]] std::string SignalEventLine(const v1::SignalEvent& event);

// One event as a line, without a line feed.
[[nodiscard]] std::string EventLine(const v1::Event& event);

// "deal won", "site_visit", "form_submission demo".
[[nodiscard]] std::string DescribeKind(const v1::Touchpoint& touchpoint);

// What a person would want to know of it: amount, subject line, page.
[[nodiscard]] std::string DescribeContent(const v1::Touchpoint& touchpoint);

// Of the kinds that only say who belongs together: "visitor:V1 > contact:C2",
// "= account:A4".
[[nodiscard]] std::string DescribeIdentity(const v1::Touchpoint& touchpoint);

// "(inert: link of the visitor)", empty where there is none.
[[nodiscard]] std::string DescribeInertLinks(
    const google::protobuf::RepeatedField<int>& inert_links);

// The most encompassing subject, for example "account:A1".
[[nodiscard]] std::string DescribeSubject(const v1::Touchpoint& touchpoint);

}  // namespace journey::cli

#endif  // CLI_RENDER_H_
