#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr int kWidthMin = 60;
// From here on a stage is a row of a table, below it is two lines.
constexpr int kTableWidthMin = 120;
// What stands beside the two names of a stage in that table.
constexpr size_t kTableRestWidth = 78;
constexpr size_t kMarkWidth = 9;
constexpr size_t kLabelWidth = 14;
constexpr int kStalledDealsMax = 5;

std::string Count(int count) { return count == 0 ? "" : absl::StrCat(count); }

std::string Stayed(const MapStage& stage) {
  return stage.visit.has_value() ? ShortDuration(stage.stayed_micros) : "";
}

void PrintTable(const JourneyMap& map, size_t width, std::ostream& out) {
  const size_t names = width - kTableRestWidth;
  Table table({"", "STAGE", "CUSTOMER'S VIEW", "ENTERED", "LEFT", ">STAYED",
               ">VISITS", ">NEG", ">NEU", ">POS"});
  for (const MapStage& stage : map.stages) {
    const v1::StageVisit visit = stage.visit.value_or(v1::StageVisit());
    table.AddRow(
        {MarkText(stage.mark),
         Truncate(Printable(stage.stage.company_name()), names * 2 / 5),
         Truncate(Printable(stage.stage.customer_name()), names * 3 / 5),
         ShortInstant(visit.entered_at(), visit.has_entered_at()),
         ShortInstant(visit.left_at(), visit.has_left_at()), Stayed(stage),
         Count(stage.visits), Count(stage.sentiments.negative),
         Count(stage.sentiments.neutral), Count(stage.sentiments.positive)});
  }
  table.Print(out);
}

std::string Dates(const MapStage& stage) {
  if (!stage.visit.has_value()) return "";
  const auto day = [](const google::protobuf::Timestamp& instant, bool set) {
    constexpr size_t kDayWidth = 10;
    return ShortInstant(instant, set).substr(0, kDayWidth);
  };
  return absl::StrCat(
      day(stage.visit->entered_at(), true), " - ",
      PadRight(day(stage.visit->left_at(), stage.visit->has_left_at()), 10),
      PadLeft(Stayed(stage), 6));
}

std::string DescribeSentiments(const Sentiments& sentiments) {
  std::vector<std::string> parts;
  const auto add = [&](int count, const char* name) {
    if (count > 0) parts.push_back(absl::StrCat(count, " ", name));
  };
  add(sentiments.negative, "negative");
  add(sentiments.neutral, "neutral");
  add(sentiments.positive, "positive");
  return absl::StrJoin(parts, ", ");
}

void PrintLine(std::string line, std::ostream& out) {
  line.resize(line.find_last_not_of(' ') + 1);
  out << line << '\n';
}

void PrintBlocks(const JourneyMap& map, size_t width, std::ostream& out) {
  const size_t text_width = width - kMarkWidth;
  for (const MapStage& stage : map.stages) {
    const std::string company = Printable(stage.stage.company_name());
    const std::string customer = Printable(stage.stage.customer_name());
    PrintLine(absl::StrCat(PadRight(MarkText(stage.mark), kMarkWidth),
                           Between(company, Dates(stage), text_width)),
              out);
    for (const std::string& text :
         {customer, DescribeSentiments(stage.sentiments)}) {
      if (text.empty()) continue;
      PrintLine(absl::StrCat(std::string(kMarkWidth, ' '),
                             Truncate(text, text_width)),
                out);
    }
  }
}

// A label, and each text on lines of its own beside it.
void PrintTexts(absl::string_view label, const Texts& texts, size_t width,
                std::ostream& out) {
  for (const std::string& text : texts) {
    for (const std::string& line : Wrap(Printable(text), width - kLabelWidth)) {
      PrintLine(absl::StrCat(PadRight(label, kLabelWidth), line), out);
      label = "";
    }
  }
}

void PrintHead(const JourneyMap& map, size_t width, std::ostream& out) {
  const v1::Journey& journey = map.journey;
  const std::string name = NameIn(journey.profile());
  const std::string who = Printable(
      absl::StrCat("Journey map of ", FormatSubject(journey.subject()),
                   name.empty() ? "" : ", ", name));
  out << Between(who,
                 absl::StrCat("as of ", ShortInstant(journey.as_of(), true)),
                 width)
      << '\n';
  std::string facts = absl::StrCat(
      "Cycle ", journey.cycle(), ", lead ", ShortName(journey.lead().status()),
      ", ", FormatCount(journey.purchase_count()),
      journey.purchase_count() == 1 ? " purchase" : " purchases", ", ",
      FormatCount(journey.open_deal_count()),
      journey.open_deal_count() == 1 ? " open deal" : " open deals");
  if (!journey.owner_id().empty()) {
    absl::StrAppend(&facts, ", owner ", Printable(journey.owner_id()));
  }
  out << Truncate(facts, width) << "\n\n";
}

// The open deals that are stalled, and why.
Texts StalledDeals(const v1::Journey& journey) {
  Texts out;
  int hidden = 0;
  for (const v1::Deal& deal : journey.open_deals()) {
    if (deal.stalls().empty()) continue;
    if (out.size() == kStalledDealsMax) {
      ++hidden;
    } else {
      *out.Add() = absl::StrCat(deal.deal_id(), ": ", StallReasons(deal));
    }
  }
  if (hidden > 0) *out.Add() = absl::StrCat("… ", hidden, " more");
  return out;
}

// The stage in which the customer is.
void PrintNow(const JourneyMap& map, const MapStage& now, size_t width,
              std::ostream& out) {
  out << '\n'
      << Truncate(absl::StrCat("NOW: ", Printable(now.stage.company_name()),
                               now.stage.led_by().empty() ? "" : ", led by ",
                               Printable(now.stage.led_by())),
                  width)
      << '\n';
  Texts next;
  *next.Add() = map.next.text;
  *next.Add() = map.next.why;
  PrintTexts("Next", next, width, out);
  PrintTexts("Stalled", StalledDeals(map.journey), width, out);
  PrintTexts("Motivations", now.stage.motivations(), width, out);
  PrintTexts("Feelings", now.stage.feelings(), width, out);
  PrintTexts("Goals", now.stage.goals(), width, out);
  PrintTexts("Expectations", now.stage.expectations(), width, out);
  PrintTexts("Hints", now.stage.hints(), width, out);
  if (map.plan.activities().empty()) return;
  out << "\nPLAN " << DescribeProgress(map.plan) << '\n';
  PrintActivities(map.plan, width, out);
}

}  // namespace

void PrintMap(const JourneyMap& map, int width, std::ostream& out) {
  const auto columns = static_cast<size_t>(std::max(width, kWidthMin));
  PrintHead(map, columns, out);
  if (width >= kTableWidthMin) {
    PrintTable(map, columns, out);
  } else {
    PrintBlocks(map, columns, out);
  }
  for (const MapStage& stage : map.stages) {
    if (stage.mark == StageMark::kNow) PrintNow(map, stage, columns, out);
  }
}

}  // namespace journey::cli
