// Which invoices are purchases, whatever the order in which they are reported.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

constexpr char kDay[] = "2025-03-01";

std::string Invoice(const std::string& action, const std::string& fields = "") {
  return "account_id: 'A' invoice { invoice_id: 'I7' action: ACTION_" + action +
         " " + fields + " }";
}

std::string Eur(int minor) {
  return "amount { amount_minor: " + std::to_string(minor) +
         " currency_code: 'EUR' }";
}

std::string Usd(int minor) {
  return "amount { amount_minor: " + std::to_string(minor) +
         " currency_code: 'USD' }";
}

// How many purchases there are after touchpoints of one day, reported with its
// precision: their ids put them in the order given.
int Purchases(const std::vector<std::string>& given) {
  std::vector<v1::Touchpoint> history;
  for (const std::string& fields : given) {
    history.push_back(Tp(std::to_string(history.size()), kDay, fields));
  }
  return JourneyAt("2025-03-02", history).purchase_count();
}

TEST(SalesTest, CancellationCountsThoughItsIdComesFirst) {
  EXPECT_EQ(Purchases({Invoice("ISSUED")}), 1);
  EXPECT_EQ(Purchases({Invoice("ISSUED"), Invoice("CANCELLED")}), 0);
  EXPECT_EQ(Purchases({Invoice("CANCELLED"), Invoice("ISSUED")}), 0);
}

TEST(SalesTest, CreditsCountThoughTheirIdsComeFirst) {
  const struct {
    const char* desc;
    std::vector<std::string> given;
    int want;
  } cases[] = {
      {"in full",
       {Invoice("CREDITED", Eur(100)), Invoice("ISSUED", Eur(100))},
       0},
      {"in two parts, before and after",
       {Invoice("CREDITED", Eur(40)), Invoice("ISSUED", Eur(100)),
        Invoice("CREDITED", Eur(60))},
       0},
      {"in part",
       {Invoice("CREDITED", Eur(40)), Invoice("ISSUED", Eur(100))},
       1},
      {"in another currency",
       {Invoice("CREDITED", Usd(100)), Invoice("ISSUED", Eur(100))},
       1},
      {"of an amount that nobody knows",
       {Invoice("CREDITED", Eur(100)), Invoice("ISSUED")},
       1},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Purchases(test.given), test.want) << test.desc;
  }
}

TEST(SalesTest, IssuedAgainItTakesTheNewAmount) {
  const struct {
    const char* desc;
    std::vector<std::string> given;
    int want;
  } cases[] = {
      {"more",
       {Invoice("ISSUED", Eur(100)), Invoice("ISSUED", Eur(200)),
        Invoice("CREDITED", Eur(100))},
       1},
      {"less than was credited",
       {Invoice("ISSUED", Eur(200)), Invoice("CREDITED", Eur(100)),
        Invoice("ISSUED", Eur(100))},
       0},
      {"at last known",
       {Invoice("ISSUED"), Invoice("ISSUED", Eur(100)),
        Invoice("CREDITED", Eur(100))},
       0},
      {"credited in full before",
       {Invoice("ISSUED", Eur(100)), Invoice("CREDITED", Eur(100)),
        Invoice("ISSUED", Eur(200))},
       0},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Purchases(test.given), test.want) << test.desc;
  }
}

TEST(SalesTest, SaleOfMoreInvoicesThanItRemembersIsOneAndBounded) {
  const auto rules = TestRules();
  std::vector<v1::Touchpoint> given;
  const int many = core::kSaleKeysMax + 100;
  for (int i = 0; i < many; ++i) {
    given.push_back(Tp(std::to_string(i), kDay,
                       "account_id: 'A' invoice { action: ACTION_ISSUED "
                       "contract_id: 'C' invoice_id: '" +
                           std::to_string(i) + "' }"));
  }
  const auto fold = FoldAll(*rules, AccountA(), given);
  ASSERT_EQ(fold.state().sales_size(), 1);
  EXPECT_EQ(fold.state().purchase_count(), 1);
  EXPECT_EQ(fold.state().sales(0).keys_size(), core::kSaleKeysMax);
  EXPECT_EQ(fold.state().sales(0).invoices_size(), core::kSaleInvoicesMax);
}

TEST(SalesTest, SecondPurchaseUndoneLeavesTheHoldOfTheFirst) {
  const auto invoice = [](const std::string& id, const std::string& action) {
    return "account_id: 'A' invoice { invoice_id: '" + id +
           "' action: ACTION_" + action + " }";
  };
  std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-03-01T10:00:00Z", invoice("I1", "ISSUED")),
      Tp("2", "2025-03-01T10:05:00Z", invoice("I2", "ISSUED")),
      Tp("3", "2025-03-01T10:10:00Z", invoice("I2", "CANCELLED"))};
  const auto stage = [&](absl::string_view instant) {
    return JourneyAt(instant, given).stage().stage_id();
  };
  EXPECT_EQ(stage("2025-03-01T10:10:00Z"), "purchase");
  EXPECT_EQ(stage("2025-03-02T09:59:59Z"), "purchase");
  EXPECT_EQ(stage("2025-03-02T10:00:00Z"), "service");
  given.push_back(Tp("4", "2025-03-01T10:07:00Z",
                     "account_id: 'A' ticket { ticket_id: 'T' }"));
  EXPECT_EQ(stage("2025-03-01T10:10:00Z"), "service");
}

}  // namespace
}  // namespace journey::testing
