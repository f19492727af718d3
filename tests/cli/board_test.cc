#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_split.h"
#include "cli/render.h"
#include "cli/text.h"
#include "tests/cli/cli_run.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;

void SetMoney(v1::Money* money, int64_t amount, const char* currency) {
  money->set_amount_minor(amount);
  money->set_currency_code(currency);
}

void AddDeal(v1::BoardColumn& column, const char* id, int64_t amount, int days,
             v1::StallSeverity severity) {
  v1::Deal& deal = *column.add_deals();
  deal.set_deal_id(id);
  if (amount > 0) SetMoney(deal.mutable_amount(), amount, "EUR");
  deal.mutable_stage()->mutable_entered_at()->set_seconds(
      (kNowMicros - days * kDay) / 1'000'000);
  if (severity != v1::STALL_SEVERITY_UNSPECIFIED) {
    deal.add_stalls()->set_severity(severity);
  }
}

v1::GetBoardResponse SampleBoard() {
  v1::GetBoardResponse board;
  board.set_pipeline_id("default");
  board.set_name("Sales");
  int index = 0;
  for (const char* name :
       {"Prospecting", "Qualification", "Proposal", "Negotiation"}) {
    v1::BoardColumn& column = *board.add_columns();
    column.set_stage_id(name);
    column.set_name(name);
    column.set_win_probability_percent(10 + 20 * index++);
  }
  v1::BoardColumn& first = *board.mutable_columns(0);
  first.set_deal_count(3);
  first.set_stalled_count(2);
  SetMoney(first.add_amounts(), 123'456'700, "EUR");
  SetMoney(first.add_amounts(), 5'000, "USD");
  SetMoney(first.add_weighted_amounts(), 12'345'670, "EUR");
  SetMoney(first.add_weighted_amounts(), 500, "USD");
  AddDeal(first, "D-1", 1'200'000, 12, v1::STALL_SEVERITY_WARNING);
  AddDeal(first, "a-very-long-deal-id-that-does-not-fit", 0, 3,
          v1::STALL_SEVERITY_CRITICAL);
  v1::BoardColumn& third = *board.mutable_columns(2);
  third.set_deal_count(1);
  SetMoney(third.add_amounts(), 99, "EUR");
  SetMoney(third.add_weighted_amounts(), 49, "EUR");
  AddDeal(third, "Müller-Ø", 99, 0, v1::STALL_SEVERITY_UNSPECIFIED);
  return board;
}

std::string Print(int width) {
  std::ostringstream out;
  cli::PrintBoard(SampleBoard(), kNowMicros, width, out);
  return out.str();
}

TEST(BoardTest, WrapsIntoBandsAtEightyColumns) {
  EXPECT_EQ(Print(80), R"(Sales (default)

Prospecting                    10%  Qualification                  30%
3 deals, 2 !                        0 deals
1,234,567.00 EUR
50.00 USD
123,456.70 EUR weighted
5.00 USD weighted
----------------------------------  ----------------------------------
D-1                              !
  12,000.00 EUR                12d
a-very-long-deal-id-that-does-… !!
  no amount                     3d
… 1 more

Proposal                       50%  Negotiation                    70%
1 deal                              0 deals
0.99 EUR
0.49 EUR weighted
----------------------------------  ----------------------------------
Müller-Ø
  0.99 EUR                      0s

! stalled, !! critically; the number on the right is the time in the stage
)");
}

TEST(BoardTest, StandsSideBySideAtOneHundredAndFortyColumns) {
  EXPECT_EQ(
      Print(140),
      "Sales (default)\n"
      "\n"
      "Prospecting                   10%  Qualification                 30%  "
      "Proposal                      50%  Negotiation                   70%\n"
      "3 deals, 2 !                       0 deals                            "
      "1 deal                             0 deals\n"
      "1,234,567.00 EUR                                                      "
      "0.99 EUR\n"
      "50.00 USD                                                             "
      "0.49 EUR weighted\n"
      "123,456.70 EUR weighted\n"
      "5.00 USD weighted\n"
      "---------------------------------  ---------------------------------  "
      "---------------------------------  ---------------------------------\n"
      "D-1                             !                                     "
      "Müller-Ø\n"
      "  12,000.00 EUR               12d                                     "
      "  0.99 EUR                     0s\n"
      "a-very-long-deal-id-that-does… !!\n"
      "  no amount                    3d\n"
      "… 1 more\n"
      "\n"
      "! stalled, !! critically; the number on the right is the time in the "
      "stage\n");
}

TEST(BoardTest, FitsEveryWidthWithoutTrailingBlanks) {
  for (int width = 20; width <= 200; ++width) {
    const std::string board = Print(width);
    const size_t legend = board.rfind("\n! stalled");
    for (const absl::string_view line :
         absl::StrSplit(board.substr(0, legend), '\n')) {
      EXPECT_LE(cli::DisplayWidth(line), static_cast<size_t>(width)) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
  }
}

TEST(BoardTest, SaysWhereNoDealIsOpen) {
  v1::GetBoardResponse board;
  board.set_pipeline_id("p");
  board.set_name("P");
  board.add_columns()->set_name("One");
  std::ostringstream out;
  cli::PrintBoard(board, kNowMicros, 80, out);
  EXPECT_EQ(out.str(),
            "P (p)\n"
            "No open deals. `journeyctl deals list` also shows those that are "
            "decided.\n");
}

TEST(BoardTest, ADealIsItsIdAndThenItsName) {
  v1::GetBoardResponse board = SampleBoard();
  v1::Deal& deal = *board.mutable_columns(0)->mutable_deals(0);
  deal.set_name("Alder Freight, the next order");
  std::ostringstream out;
  cli::PrintBoard(board, kNowMicros, 80, out);
  EXPECT_THAT(out.str(), HasSubstr("\nD-1  Alder Freight, the next or… !\n"));
}

}  // namespace
}  // namespace journey::testing
