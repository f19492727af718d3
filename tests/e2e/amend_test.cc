// Amendments: what was wrong leaves no trace in what is concluded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/calls.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

// A deal is opened, talked about and, by mistake, lost; in truth it was won,
// by another call, and for an invoice.
std::vector<v1::Touchpoint> Right() {
  v1::Touchpoint invoice = Call("invoice", 40);
  invoice.mutable_invoice()->set_action(v1::Invoice::ACTION_ISSUED);
  invoice.mutable_invoice()->set_invoice_id("i1");
  v1::Touchpoint busy = Call("busy", 20);
  busy.mutable_call()->set_outcome(v1::Call::OUTCOME_BUSY);
  return {DealStep("open", "d1", v1::DealChange::ACTION_OPENED, 10), busy,
          DealStep("won", "d1", v1::DealChange::ACTION_WON, 30), invoice};
}

// Wrong id and what replaces it.
std::vector<std::pair<v1::Touchpoint, v1::Touchpoint>> Amendments() {
  const std::vector<v1::Touchpoint> right = Right();
  return {{Call("connected", 5), right[1]},
          {DealStep("lost", "d1", v1::DealChange::ACTION_LOST, 35), right[2]},
          {Call("no invoice", 50), right[3]}};
}

std::string Conclusions(TestServer& server) {
  return server.server()
      .ConclusionsDigest(server.clock().Now())
      .value_or("failed");
}

TEST(AmendTest, ConclusionsAreThoseOfTheReplacementAlone) {
  TestServer right;
  ASSERT_TRUE(Append(right.client(), Batch(Right())).status.ok());
  const std::string want = Conclusions(right);

  const unsigned seed = TestSeed(20261122);
  std::mt19937 random(seed);
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " +
                 std::to_string(round));
    TestServer amended;
    Client& client = amended.client();
    ASSERT_TRUE(Append(client, Batch({Right()[0]})).status.ok());
    // What was wrong and its amendment in any order, some twice.
    std::vector<int> order = {0, 1, 2, 3, 4, 5, 3, 1};
    std::shuffle(order.begin(), order.end(), random);
    for (const int step : order) {
      const auto amendments = Amendments();
      const auto& [wrong, replacement] =
          amendments[static_cast<size_t>(step / 2)];
      if (step % 2 == 0) {
        ASSERT_TRUE(Append(client, Batch({wrong})).status.ok());
      } else {
        const auto answer = Amend(client, wrong.touchpoint_id(), replacement);
        ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
      }
    }
    EXPECT_EQ(Conclusions(amended), want);
    amended.Restart();
    EXPECT_EQ(Conclusions(amended), want);
  }
}

class AmendAnswersTest : public ::testing::Test {
 protected:
  AmendAnswersTest() {
    EXPECT_TRUE(Append(client_, Batch({Call("wrong")})).status.ok());
  }

  TestServer server_;
  Client& client_ = server_.client();
};

TEST_F(AmendAnswersTest, RepeatReturnsTheFirstPositions) {
  const auto first = Amend(client_, "wrong", Call("right", 1));
  ASSERT_TRUE(first.status.ok()) << first.status.error_message();
  EXPECT_EQ(first.response.replacement().position(), 2);
  EXPECT_EQ(first.response.retraction().position(), 3);
  EXPECT_FALSE(first.response.replacement().repeated());
  EXPECT_FALSE(first.response.retraction().repeated());
  const auto repeat = Amend(client_, "wrong", Call("right", 1));
  ASSERT_TRUE(repeat.status.ok());
  EXPECT_EQ(repeat.response.replacement().position(), 2);
  EXPECT_EQ(repeat.response.retraction().position(), 3);
  EXPECT_TRUE(repeat.response.replacement().repeated());
  EXPECT_TRUE(repeat.response.retraction().repeated());
  EXPECT_EQ(EventCount(client_), 3);
}

TEST_F(AmendAnswersTest, RetractedTargetGetsAReplacementAllTheSame) {
  ASSERT_TRUE(Retract(client_, "wrong").status.ok());
  const auto answer = Amend(client_, "wrong", Call("right", 1));
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.replacement().position(), 3);
  EXPECT_EQ(answer.response.retraction().position(), 2);
  EXPECT_TRUE(answer.response.retraction().repeated());
}

TEST_F(AmendAnswersTest, ReplacementCanBeAmendedInTurn) {
  ASSERT_TRUE(Amend(client_, "wrong", Call("better", 1)).status.ok());
  ASSERT_TRUE(Amend(client_, "better", Call("right", 2)).status.ok());
  EXPECT_EQ(GetAccount(client_, "globex").response.journey().touchpoint_count(),
            1);
  // What was amended does not revive as a replacement.
  ASSERT_TRUE(Amend(client_, "right", Call("wrong")).status.ok());
  EXPECT_EQ(Reason(GetAccount(client_, "globex").status), "SUBJECT_NOT_FOUND");
}

TEST_F(AmendAnswersTest, MistakesAreNamedAndNothingIsStored) {
  v1::Touchpoint elsewhere = Call("right");
  elsewhere.set_account_id("initech");
  struct {
    const char* desc;
    v1::Touchpoint replacement;
    const char* reason;
    const char* field;
  } const cases[] = {
      {"same id", Call("wrong", 1), "VALIDATION_FAILED",
       "replacement.touchpoint_id"},
      {"another subject", elsewhere, "VALIDATION_FAILED",
       "replacement.account_id"},
      {"bad replacement", Call(""), "VALIDATION_FAILED",
       "replacement.touchpoint_id"},
  };
  for (const auto& c : cases) {
    const grpc::Status status = Amend(client_, "wrong", c.replacement).status;
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(Reason(status), c.reason) << c.desc;
    EXPECT_THAT(BadFields(status), ElementsAre(c.field)) << c.desc;
  }
  ASSERT_TRUE(Append(client_, Batch({Call("known", 7)})).status.ok());
  const grpc::Status status = Amend(client_, "wrong", Call("known", 8)).status;
  EXPECT_EQ(Reason(status), "TOUCHPOINT_CONFLICT");
  EXPECT_THAT(BadFields(status), ElementsAre("replacement.touchpoint_id"));
  EXPECT_EQ(EventCount(client_), 2);
  EXPECT_EQ(GetAccount(client_, "globex").response.journey().touchpoint_count(),
            2);
}

}  // namespace
}  // namespace journey::testing
