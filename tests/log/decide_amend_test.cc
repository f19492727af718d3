// Amendments: given what is known of the replacement and the target, this
// becomes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/core/errors.h"
#include "service/log/decide.h"
#include "tests/log/log_testing.h"

namespace journey::log {
namespace {

using ::testing::SizeIs;

constexpr core::Micros kNow = 1'000;
constexpr int64_t kHead = 100;

using Touchpoint = std::shared_ptr<const v1::Touchpoint>;

// What is known of an id: nothing, the position of its touchpoint, and that of
// its retraction.
struct Known {
  Touchpoint touchpoint;
  int64_t position = 0;
  int64_t retraction_position = 0;
};

absl::StatusOr<Decision> Amending(const Touchpoint& replacement,
                                  const Known& known_replacement,
                                  const Known& known_target) {
  Append append;
  append.tenant_id = "t";
  append.is_amendment = true;
  append.id_name = "replacement.touchpoint_id";
  append.touchpoints.push_back(replacement);
  append.retractions.push_back(MakeRetraction("wrong"));
  Facts facts;
  for (const Known& known : {known_replacement, known_target}) {
    facts.ids.push_back(
        {{known.position, known.retraction_position}, known.touchpoint.get()});
  }
  facts.head_position = kHead;
  return Decide(append, facts, core::SenderClocks(), kNow);
}

const Touchpoint kWrong = MakeTouchpoint("wrong");
const Touchpoint kRight = MakeTouchpoint("right", "as it was");
const Touchpoint kElsewhere = MakeTouchpoint("right", "", "globex");

Touchpoint OfContact() {
  auto touchpoint = MakeTouchpoint("right", "", "");
  touchpoint->set_contact_id("ann");
  return touchpoint;
}

Touchpoint OfDeal() {
  auto touchpoint = MakeTouchpoint("right", "", "");
  touchpoint->set_deal_id("d1");
  return touchpoint;
}

Touchpoint Spent() {
  auto touchpoint = MakeTouchpoint("right", "", "");
  touchpoint->mutable_spend();
  return touchpoint;
}

Touchpoint OfAnotherKind() {
  auto touchpoint = MakeTouchpoint("right");
  touchpoint->mutable_chat();
  return touchpoint;
}

TEST(DecideAmendTest, OneAnswerForEachCase) {
  // Position and whether repeated: of the replacement, then of the retraction.
  using Result = std::pair<int64_t, bool>;
  struct {
    const char* desc;
    Touchpoint replacement;
    Known known_replacement;
    Known known_target;
    Result added;
    Result retracted;
    int64_t target_position;
  } const cases[] = {
      {"known target",
       kRight,
       {},
       {kWrong, 7, 0},
       {101, false},
       {102, false},
       7},
      {"target yet to come", kRight, {}, {}, {101, false}, {102, false}, 0},
      {"target retracted before",
       kRight,
       {},
       {kWrong, 7, 9},
       {101, false},
       {9, true},
       0},
      {"retracted before it came",
       kRight,
       {},
       {nullptr, 0, 9},
       {101, false},
       {9, true},
       0},
      {"repeated",
       kRight,
       {kRight, 20, 0},
       {kWrong, 7, 21},
       {20, true},
       {21, true},
       0},
      {"repeated after the target came with another subject",
       kElsewhere,
       {kElsewhere, 20, 0},
       {kWrong, 22, 21},
       {20, true},
       {21, true},
       0},
      {"replacement appended before",
       kRight,
       {kRight, 8, 0},
       {kWrong, 7, 0},
       {8, true},
       {101, false},
       7},
      {"another kind",
       OfAnotherKind(),
       {},
       {kWrong, 7, 0},
       {101, false},
       {102, false},
       7},
      {"another subject than a target yet to come",
       kElsewhere,
       {},
       {},
       {101, false},
       {102, false},
       0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.desc);
    const auto decision =
        Amending(c.replacement, c.known_replacement, c.known_target);
    ASSERT_TRUE(decision.ok()) << decision.status();
    ASSERT_THAT(decision->response.results(), SizeIs(2));
    const auto& results = decision->response.results();
    EXPECT_EQ(Result(results[0].position(), results[0].repeated()), c.added);
    EXPECT_EQ(Result(results[1].position(), results[1].repeated()),
              c.retracted);
    ASSERT_THAT(decision->events,
                SizeIs(!c.added.second + !c.retracted.second));
    for (const LogEvent& event : decision->events) {
      EXPECT_EQ(event.position,
                event.touchpoint ? c.added.first : c.retracted.first);
      if (event.retraction == nullptr) continue;
      EXPECT_EQ(event.retraction->target_position(), c.target_position);
    }
  }
}

TEST(DecideAmendTest, AnotherSubjectThanTheTargetsIsRefusedByItsField) {
  struct {
    const char* desc;
    Touchpoint target;
    Touchpoint replacement;
    const char* field;
  } const cases[] = {
      {"another account", kWrong, kElsewhere, "replacement.account_id"},
      {"no account", kWrong, OfContact(), "replacement.account_id"},
      {"an account", OfContact(), kRight, "replacement.account_id"},
      {"a contact", OfDeal(), OfContact(), "replacement.contact_id"},
      {"a deal", OfContact(), OfDeal(), "replacement.contact_id"},
      {"spend", kWrong, Spent(), "replacement.account_id"},
      {"spent before", Spent(), OfDeal(), "replacement.deal_id"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.desc);
    for (const int64_t retraction_position : {0, 9}) {
      const absl::Status status =
          Amending(c.replacement, {}, {c.target, 7, retraction_position})
              .status();
      EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
      EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_VALIDATION_FAILED);
      const google::rpc::BadRequest bad = BadRequestOf(status);
      ASSERT_THAT(bad.field_violations(), SizeIs(1));
      EXPECT_EQ(bad.field_violations(0).field(), c.field);
    }
  }
}

TEST(DecideAmendTest, KnownReplacementWithOtherContentIsAConflict) {
  const absl::Status status =
      Amending(kRight, {MakeTouchpoint("right", "other"), 8, 0}, {}).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_TOUCHPOINT_CONFLICT);
  EXPECT_EQ(BadRequestOf(status).field_violations(0).field(),
            "replacement.touchpoint_id");
}

}  // namespace
}  // namespace journey::log
