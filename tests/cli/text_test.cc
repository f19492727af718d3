#include "cli/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace journey::testing {
namespace {

TEST(TextTest, WidthsFollowTheTerminal) {
  EXPECT_EQ(cli::DisplayWidth(""), 0u);
  EXPECT_EQ(cli::DisplayWidth("abc"), 3u);
  EXPECT_EQ(cli::DisplayWidth("Müller"), 6u);
  EXPECT_EQ(cli::DisplayWidth("日本"), 4u);
  EXPECT_EQ(cli::DisplayWidth("e\u0301"), 1u);
  EXPECT_EQ(cli::DisplayWidth("😀"), 2u);
  EXPECT_EQ(cli::DisplayWidth("\xFF\xC3"), 2u) << "malformed bytes count";
}

TEST(TextTest, TruncatesAtLetters) {
  EXPECT_EQ(cli::Truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(cli::Truncate("abcdef", 5), "abcd…");
  EXPECT_EQ(cli::Truncate("日本語", 5), "日本…");
  EXPECT_EQ(cli::Truncate("日本語", 4), "日…");
  EXPECT_EQ(cli::Truncate("abc", 1), "…");
  EXPECT_EQ(cli::Truncate("abc", 0), "");
}

TEST(TextTest, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(cli::Printable("a\x1b[31mb\nc\x7f"), "a [31mb c ");
  EXPECT_EQ(cli::Printable("\xC2\x9B"
                           "x"),
            " x")
      << "8-bit CSI";
  EXPECT_EQ(cli::Printable("Ü日"), "Ü日");
}

TEST(TextTest, MoneyHasTheDecimalsOfItsCurrency) {
  const struct {
    int64_t amount;
    const char* currency;
    const char* text;
  } cases[] = {
      {123'450, "EUR", "1,234.50 EUR"},
      {0, "EUR", "0.00 EUR"},
      {5, "EUR", "0.05 EUR"},
      {-5, "EUR", "-0.05 EUR"},
      {-123'456, "USD", "-1,234.56 USD"},
      {1'234'567, "JPY", "1,234,567 JPY"},
      {1'234'567, "KWD", "1,234.567 KWD"},
      {99'999, "GBP", "999.99 GBP"},
      {std::numeric_limits<int64_t>::min(), "EUR",
       "-92,233,720,368,547,758.08 EUR"},
  };
  for (const auto& test : cases) {
    v1::Money money;
    money.set_amount_minor(test.amount);
    money.set_currency_code(test.currency);
    EXPECT_EQ(cli::FormatMoney(money), test.text);
  }
}

TEST(TextTest, CountsAreGrouped) {
  EXPECT_EQ(cli::FormatCount(0), "0");
  EXPECT_EQ(cli::FormatCount(999), "999");
  EXPECT_EQ(cli::FormatCount(1'000), "1,000");
  EXPECT_EQ(cli::FormatCount(-1'234'567), "-1,234,567");
}

TEST(TextTest, PointsHaveATenthAndNoSignWhereTheyAreNone) {
  EXPECT_EQ(cli::FormatPoints(52.46), "52.5");
  EXPECT_EQ(cli::FormatPoints(-1.5), "-1.5");
  EXPECT_EQ(cli::FormatPoints(-0.06), "-0.1");
  for (const double points : {0.0, -0.0, -0.04, -1e-12}) {
    EXPECT_EQ(cli::FormatPoints(points), "0.0") << points;
  }
}

TEST(TextTest, TableIsAlignedWithoutTrailingBlanks) {
  cli::Table table({"NAME", ">AMOUNT", "NOTE"});
  table.AddRow({"Müller", "1.00", ""});
  table.AddRow({"日本", "1,234.50", "x"});
  table.AddRow({"short"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "NAME      AMOUNT  NOTE\n"
            "Müller      1.00\n"
            "日本    1,234.50  x\n"
            "short\n");
}

TEST(TextTest, FactsSkipWhatIsEmpty) {
  cli::Facts facts;
  facts.Add("One", "1");
  facts.Add("Nothing", "");
  facts.Add("Three", "3");
  std::ostringstream out;
  facts.Print(out);
  EXPECT_EQ(out.str(), "One    1\nThree  3\n");
}

}  // namespace
}  // namespace journey::testing
