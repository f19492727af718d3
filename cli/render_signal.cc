#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/signal_ids.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

constexpr size_t kGap = 2;
// In a terminal of so many columns a sentence stands beside its row, else
// below.
constexpr size_t kBesideColumnsMin = 120;
// Beside its row it has at least so much room.
constexpr size_t kSentenceMin = 40;
// Below this a column is not made narrower.
constexpr size_t kColumnMin = 8;

// A row whose last part is a sentence.
struct Row {
  std::vector<std::string> cells;
  std::string id;
  std::string sentence;
};

size_t TotalOf(const std::vector<size_t>& widths) {
  size_t total = 0;
  for (const size_t width : widths) total += width + kGap;
  return total;
}

// As wide as the widest cell of each column; the widest columns are cut until
// all fit into `columns`.
std::vector<size_t> WidthsFor(const std::vector<std::string>& headings,
                              const std::vector<Row>& rows, size_t columns) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings.size(); ++i) {
    size_t width = DisplayWidth(headings[i]);
    for (const Row& row : rows) {
      width = std::max(width, DisplayWidth(row.cells[i]));
    }
    widths.push_back(width);
  }
  while (TotalOf(widths) > columns + kGap) {
    size_t& widest = *std::max_element(widths.begin(), widths.end());
    if (widest <= kColumnMin) break;
    --widest;
  }
  return widths;
}

void PrintLine(std::string line, std::ostream& out) {
  line.resize(line.find_last_not_of(' ') + 1);
  out << line << '\n';
}

std::string CellsLine(const std::vector<std::string>& cells,
                      const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&line, PadRight(Truncate(cells[i], widths[i]), widths[i]),
                    std::string(kGap, ' '));
  }
  return line;
}

void PrintRows(const std::vector<std::string>& headings, std::vector<Row> rows,
               size_t columns, std::ostream& out) {
  size_t id_width = 2;
  for (Row& row : rows) {
    for (std::string& cell : row.cells) cell = Printable(cell);
    row.id = Printable(row.id);
    id_width = std::max(id_width, DisplayWidth(row.id));
  }
  const bool beside = columns >= kBesideColumnsMin;
  const std::vector<size_t> widths = WidthsFor(
      headings, rows,
      beside ? columns - kGap - id_width - kGap - kSentenceMin : columns);
  const size_t used = TotalOf(widths);
  const size_t before = beside ? used : kGap;
  const size_t room = columns - std::min(columns, before + id_width + kGap);
  const auto tail = [&](const std::string& id, const std::string& sentence) {
    return absl::StrCat(PadRight(id, id_width), std::string(kGap, ' '),
                        Truncate(Printable(sentence), room));
  };
  std::string heading = CellsLine(headings, widths);
  if (beside) absl::StrAppend(&heading, tail("ID", "WHAT TO DO, OR WHY"));
  PrintLine(std::move(heading), out);
  for (const Row& row : rows) {
    std::string line = CellsLine(row.cells, widths);
    if (!beside) {
      PrintLine(std::move(line), out);
      line = std::string(kGap, ' ');
    }
    absl::StrAppend(&line, tail(row.id, row.sentence));
    PrintLine(std::move(line), out);
  }
}

// "stall inactive", "detractor".
std::string DescribeType(const v1::Signal& signal) {
  std::string type = ShortName(signal.type());
  if (signal.type() == v1::SIGNAL_TYPE_STALL) {
    absl::StrAppend(&type, " ", ShortName(signal.stall_reason()));
  }
  return type;
}

// "account:acme D-17".
std::string Who(const v1::Subject& journey, const std::string& deal_id) {
  return absl::StrCat(FormatSubject(journey), deal_id.empty() ? "" : " ",
                      deal_id);
}

std::string SentenceOf(const v1::Signal& signal) {
  const std::string state = DescribeSignalState(signal);
  return absl::StrCat(
      state.empty() ? "" : absl::StrCat("[", state, "] "),
      signal.action().empty() ? signal.explanation().text() : signal.action());
}

}  // namespace

std::string DescribeSignalState(const v1::Signal& signal) {
  std::vector<std::string> state;
  if (signal.handling() != v1::SIGNAL_HANDLING_OPEN &&
      signal.handling() != v1::SIGNAL_HANDLING_UNSPECIFIED) {
    state.push_back(absl::StrCat(ShortName(signal.handling()),
                                 signal.handled_by().empty() ? "" : " by ",
                                 signal.handled_by()));
  }
  if (signal.has_snoozed_until()) {
    state.push_back(absl::StrCat("snoozed until ",
                                 ShortInstant(signal.snoozed_until(), true)));
  }
  if (!signal.in_force()) state.emplace_back("withdrawn");
  if (signal.historical()) state.emplace_back("historical");
  return absl::StrJoin(state, ", ");
}

void PrintSignals(const std::vector<v1::Signal>& signals, int columns,
                  std::ostream& out) {
  std::vector<std::string> ids;
  std::vector<Row> rows;
  ids.reserve(signals.size());
  rows.reserve(signals.size());
  for (const v1::Signal& signal : signals) ids.push_back(signal.signal_id());
  const size_t digits = ShortIdDigits(ids);
  for (const v1::Signal& signal : signals) {
    rows.push_back(
        {{ShortInstant(signal.since(), true), ShortName(signal.severity()),
          DescribeType(signal), Who(signal.journey(), signal.deal_id()),
          signal.owner_id()},
         signal.signal_id().substr(0, digits),
         SentenceOf(signal)});
  }
  PrintRows({"SINCE", "SEVERITY", "SIGNAL", "WHO", "OWNER"}, std::move(rows),
            static_cast<size_t>(columns), out);
}

void PrintActionItems(const std::vector<v1::ActionItem>& items, int columns,
                      std::ostream& out) {
  std::vector<std::string> ids;
  for (const v1::ActionItem& item : items) {
    if (item.has_signal()) ids.push_back(item.signal().signal_id());
  }
  const size_t digits = ShortIdDigits(ids);
  std::vector<Row> rows;
  for (const v1::ActionItem& item : items) {
    const std::string due =
        absl::StrCat(ShortInstant(item.due_at(), item.has_due_at()),
                     item.overdue() ? " !" : "");
    if (item.has_signal()) {
      const v1::Signal& signal = item.signal();
      rows.push_back(
          {{due, ShortName(signal.priority()), DescribeType(signal),
            Who(signal.journey(), signal.deal_id()), signal.owner_id()},
           signal.signal_id().substr(0, digits),
           SentenceOf(signal)});
    } else {
      const v1::PlannedTask& task = item.planned();
      rows.push_back({{due, ShortName(v1::SIGNAL_PRIORITY_NORMAL), "planned",
                       Who(task.journey(), task.deal_id()), task.owner_id()},
                      Truncate(task.task_id(), 20),
                      task.title()});
    }
  }
  PrintRows({"DUE", "PRIORITY", "TASK", "WHO", "OWNER"}, std::move(rows),
            static_cast<size_t>(columns), out);
  if (std::any_of(items.begin(), items.end(),
                  [](const v1::ActionItem& item) { return item.overdue(); })) {
    out << "\n! overdue\n";
  }
}

std::string SignalEventLine(const v1::SignalEvent& event) {
  const v1::Signal& signal = event.signal();
  std::string line =
      absl::StrCat(PadLeft(absl::StrCat(event.position()), 8), "  ",
                   ShortInstant(event.at(), true), "  ",
                   PadRight(ShortName(event.change()), 12), "  ",
                   PadRight(ShortName(signal.severity()), 8), "  ",
                   PadRight(DescribeType(signal), 22), "  ",
                   PadRight(Who(signal.journey(), signal.deal_id()), 24), "  ",
                   PadRight(signal.owner_id(), 8), "  ", signal.signal_id(),
                   "  ", SentenceOf(signal));
  line.resize(line.find_last_not_of(' ') + 1);
  return Printable(line);
}

}  // namespace journey::cli
