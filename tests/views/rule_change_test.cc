// Views are made anew by other rules, and the operator is told why.
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

class RuleChangeTest : public ::testing::Test {
 protected:
  RuleChangeTest() {
    auto engine = Open(Rules()).value();
    EXPECT_TRUE(engine->Append(RandomHistory(random_, {})).ok());
    EXPECT_TRUE(engine->views().Close().ok());
  }

  static std::string Rules() {
    return ReadFile(JOURNEY_RULES_DIR "/default.yaml");
  }
  static std::string LongerHold(const std::string& rules) {
    std::string out = absl::StrReplaceAll(
        rules, {{"purchase_hold_days: 1", "purchase_hold_days: 2"}});
    EXPECT_NE(out, rules);
    return out;
  }

  absl::StatusOr<std::unique_ptr<Engine>> Open(const std::string& rules) {
    WriteFile(dir_.Join("rules.yaml"), rules);
    notices_.clear();
    EngineOptions options;
    options.directory = dir_.path();
    options.rules_file = dir_.Join("rules.yaml");
    options.on_notice = [this](const std::string& text) {
      notices_.push_back(text);
    };
    return Engine::Open(std::move(options));
  }

  std::mt19937 random_{TestSeed(20261122)};
  TempDir dir_;
  std::vector<std::string> notices_;
};

TEST_F(RuleChangeTest, SameRulesAreNoChange) {
  ASSERT_TRUE(Open("# A comment.\n" + Rules()).ok());
  EXPECT_THAT(notices_, ElementsAre());
}

TEST_F(RuleChangeTest, NewVersionIsAnotherRuleSet) {
  ASSERT_TRUE(Open(LongerHold(absl::StrReplaceAll(
                       Rules(), {{"\nversion: 3\n", "\nversion: 99\n"}})))
                  .ok());
  EXPECT_THAT(notices_,
              ElementsAre("the views were made by another rule set: making "
                          "the views anew from the log"));
}

TEST_F(RuleChangeTest, ChangeUnderTheSameVersionIsAWarning) {
  ASSERT_TRUE(Open(LongerHold(Rules())).ok());
  EXPECT_THAT(notices_,
              ElementsAre("the rule set \"default\" has changed, but its "
                          "version is still 3 (raise it with every change): "
                          "making the views anew from the log"));
  // Once is enough.
  ASSERT_TRUE(Open(LongerHold(Rules())).ok());
  EXPECT_THAT(notices_, ElementsAre());
}

}  // namespace
}  // namespace journey::testing
