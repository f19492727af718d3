// Amendments through the writer: what it fetches to decide them, and one group
// for both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/log/log_testing.h"
#include "tests/log/writer_fixture.h"

namespace journey::log {
namespace {

using ::testing::ElementsAre;

class WriterAmendTest : public WriterTest {
 protected:
  Ticket Amend(const std::string& target,
               std::shared_ptr<const v1::Touchpoint> replacement) {
    Append append;
    append.tenant_id = "t";
    append.is_amendment = true;
    append.touchpoints.push_back(std::move(replacement));
    append.retractions.push_back(MakeRetraction(target));
    return Submit(std::move(append));
  }
};

TEST_F(WriterAmendTest, BothAreInOneGroupAndKnownAfterARestart) {
  (void)Wait(Send({MakeTouchpoint("wrong")}));
  const auto amended = Wait(Amend("wrong", MakeTouchpoint("right")));
  ASSERT_TRUE(amended.ok()) << amended.status();
  EXPECT_THAT(Positions(*amended), ElementsAre(2, 3));
  EXPECT_EQ(log_->head_group(), 2);
  EXPECT_EQ(views_.events("t")[2].retraction->target_position(), 1);
  Restart(/*fresh=*/false);
  const auto repeat = Wait(Amend("wrong", MakeTouchpoint("right")));
  ASSERT_TRUE(repeat.ok());
  EXPECT_THAT(Positions(*repeat), ElementsAre(2, 3));
  EXPECT_EQ(log_->head_group(), 2);
}

TEST_F(WriterAmendTest, SubjectOfATargetInTheLogIsCompared) {
  (void)Wait(Send({MakeTouchpoint("wrong", "", "globex")}));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Wait(Amend("wrong", MakeTouchpoint("right"))).status()));
  EXPECT_EQ(log_->head_group(), 1);
}

TEST_F(WriterAmendTest, SubjectOfATargetInFlightIsCompared) {
  views_.Pause();
  const auto target = Send({MakeTouchpoint("wrong", "", "globex")});
  WaitForGroups(1);
  const auto refused = Amend("wrong", MakeTouchpoint("right"));
  const auto amended = Amend("wrong", MakeTouchpoint("right", "", "globex"));
  WaitForGroups(2);
  views_.Resume();
  EXPECT_TRUE(Wait(target).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Wait(refused).status()));
  EXPECT_THAT(Positions(*Wait(amended)), ElementsAre(2, 3));
}

TEST_F(WriterAmendTest, NeitherIsAddedWhereOneCannotBe) {
  (void)Wait(Send({MakeTouchpoint("wrong")}));
  views_.Fill("acme");
  EXPECT_TRUE(absl::IsResourceExhausted(
      Wait(Amend("wrong", MakeTouchpoint("right"))).status()));
  EXPECT_EQ(log_->head_group(), 1);
}

}  // namespace
}  // namespace journey::log
