#include "projections/invoice/open_invoices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/core/limits.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Given = std::vector<v1::Touchpoint>;

// One hour later each, in the order in which they are made.
class Bills {
 public:
  Bills& Add(const std::string& action, const std::string& fields = "",
             const std::string& invoice_id = "I") {
    const int index = static_cast<int>(given.size());
    given.push_back(
        Tp(absl::StrFormat("%05d", index),
           absl::StrFormat("2025-01-01T%02d:00:00Z", index % 24),
           absl::StrCat("account_id: 'A' invoice { action: ACTION_", action,
                        " invoice_id: '", invoice_id, "' ", fields, " }")));
    return *this;
  }

  Given given;
};

std::string Eur(int amount) {
  return absl::StrCat("amount { amount_minor: ", amount,
                      " currency_code: 'EUR' } ");
}
std::string Usd(int amount) {
  return absl::StrCat("amount { amount_minor: ", amount,
                      " currency_code: 'USD' } ");
}

// The ids of those that wait for their payment, and since when they are open.
std::vector<std::string> OpenOf(const Given& given) {
  const auto rules = TestRules();
  const auto fold = FoldAll(*rules, AccountA(), given);
  std::vector<std::string> out;
  for (const auto& invoice : fold.state().open_invoices()) {
    if (!invoice.has_issued()) continue;
    out.push_back(absl::StrCat(invoice.invoice_id(), " by ",
                               invoice.issued().ref().touchpoint_id()));
  }
  return out;
}

TEST(OpenInvoicesTest, EachWayToSettleSettles) {
  const std::string due = "due_date { year: 2025 month: 2 day: 1 }";
  EXPECT_THAT(OpenOf(Bills().Add("ISSUED", due).given),
              ElementsAre("I by 00000"));
  for (const char* action : {"PAID", "CANCELLED", "WRITTEN_OFF"}) {
    EXPECT_THAT(OpenOf(Bills().Add("ISSUED", due).Add(action).given), IsEmpty())
        << action;
    EXPECT_THAT(OpenOf(Bills().Add(action).Add("ISSUED", due).given), IsEmpty())
        << action << " before the issue";
    EXPECT_THAT(
        OpenOf(Bills().Add("ISSUED", due).Add(action).Add("ISSUED", due).given),
        IsEmpty())
        << action << ", then issued again";
  }
}

TEST(OpenInvoicesTest, PartsAddUpToTheAmountInItsCurrency) {
  const auto open = [](const Bills& bills) {
    return !OpenOf(bills.given).empty();
  };
  const auto issued = [] { return Bills().Add("ISSUED", Eur(100)); };
  EXPECT_TRUE(open(issued().Add("PARTIALLY_PAID", Eur(60))));
  EXPECT_FALSE(
      open(issued().Add("PARTIALLY_PAID", Eur(60)).Add("CREDITED", Eur(40))));
  EXPECT_TRUE(open(issued().Add("PARTIALLY_PAID", Usd(100))));
  EXPECT_TRUE(open(issued().Add("PARTIALLY_PAID")));
  EXPECT_FALSE(open(issued().Add("PAID", Eur(1)))) << "paid always settles";
  EXPECT_TRUE(open(Bills().Add("ISSUED").Add("PARTIALLY_PAID", Eur(100))))
      << "nobody knows the amount";
  // Before the issue.
  EXPECT_FALSE(open(Bills()
                        .Add("PARTIALLY_PAID", Eur(60))
                        .Add("ISSUED", Eur(100))
                        .Add("CREDITED", Eur(40))));
  EXPECT_TRUE(open(Bills()
                       .Add("PARTIALLY_PAID", Usd(60))
                       .Add("ISSUED", Eur(100))
                       .Add("CREDITED", Eur(40))));
  EXPECT_FALSE(
      open(Bills().Add("PARTIALLY_PAID", Eur(100)).Add("ISSUED", Eur(100))));
  // There is nothing to pay.
  EXPECT_FALSE(open(Bills().Add("ISSUED", Eur(0))));
}

TEST(OpenInvoicesTest, IssuedAgainItTakesTheNewDayAndAmount) {
  const auto rules = TestRules();
  const auto fold = FoldAll(
      *rules, AccountA(),
      Bills()
          .Add("ISSUED", Eur(100) + "due_date { year: 2025 month: 2 day: 1 }")
          .Add("PARTIALLY_PAID", Eur(30))
          .Add("ISSUED", Eur(200) + "due_date { year: 2025 month: 3 day: 1 }")
          .given);
  ASSERT_EQ(fold.state().open_invoices_size(), 1);
  const auto& invoice = fold.state().open_invoices(0);
  EXPECT_EQ(invoice.issued().ref().touchpoint_id(), "00000");
  EXPECT_EQ(invoice.amount().amount_minor(), 200);
  EXPECT_EQ(invoice.settled_minor(), 30);
  EXPECT_EQ(projections::OverdueSince(*rules, invoice), At("2025-03-02"));
}

TEST(OpenInvoicesTest, WithoutADueDayItIsNeverOverdue) {
  const auto rules = TestRules();
  const auto fold =
      FoldAll(*rules, AccountA(), Bills().Add("ISSUED", Eur(100)).given);
  EXPECT_EQ(projections::OverdueSince(*rules, fold.state().open_invoices(0)),
            core::kNever);
}

// At one instant, so that the ids decide.
Given Many(int count, const std::string& prefix, const std::string& action) {
  Given given;
  for (int i = 0; i < count; ++i) {
    const std::string id = absl::StrFormat("%s%05d", prefix, i);
    given.push_back(Tp(id, "2025-01-01",
                       absl::StrCat("account_id: 'A' invoice { action: ACTION_",
                                    action, " invoice_id: '", id, "' }")));
  }
  return given;
}

TEST(OpenInvoicesTest, OldestGivesWayAndPaymentsThatWaitGiveWayFirst) {
  const auto rules = TestRules();
  Given given = Many(core::kOpenInvoicesMax, "b", "ISSUED");
  const Given waiting = Many(5, "a", "PAID");
  given.insert(given.end(), waiting.begin(), waiting.end());
  EXPECT_EQ(OpenOf(given).size(), core::kOpenInvoicesMax);
  const Given more = Many(2, "c", "ISSUED");
  given.insert(given.end(), more.begin(), more.end());
  const Given late = Many(3, "d", "PAID");
  given.insert(given.end(), late.begin(), late.end());
  const std::vector<std::string> open = OpenOf(given);
  ASSERT_EQ(open.size(), core::kOpenInvoicesMax);
  EXPECT_EQ(open.front(), "b00002 by b00002");
  EXPECT_EQ(open.back(), "c00001 by c00001");
  EXPECT_EQ(FoldAll(*rules, AccountA(), Many(2000, "a", "PAID"))
                .state()
                .open_invoices_size(),
            core::kOpenInvoicesMax);
}

}  // namespace
}  // namespace journey::testing
