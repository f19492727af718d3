// Given what is known, when an append comes, then this becomes of it.
#include "service/log/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/core/errors.h"
#include "tests/log/log_testing.h"

namespace journey::log {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr core::Micros kNow = 1'000;
constexpr int64_t kHead = 100;

// Facts about the ids of one append, in order.
struct Given {
  std::vector<IdFact> ids;
  std::vector<int64_t> versions;
  // Index of the touchpoint whose account is full; -1 is none.
  int full = -1;
  bool storage_full = false;
  // Of each touchpoint; may be empty.
  std::vector<InertLinks> inert_links;
};

struct When {
  std::vector<std::shared_ptr<const v1::Touchpoint>> touchpoints;
  std::vector<std::shared_ptr<storage::v1::RetractionRecord>> retractions;
  std::vector<v1::ExpectedVersion> expected;
  v1::TouchpointKind only_kind = v1::TOUCHPOINT_KIND_UNSPECIFIED;
  absl::string_view id_name;
};

// Position and whether repeated, of each result.
using Results = std::vector<std::pair<int64_t, bool>>;

absl::StatusOr<Decision> Deciding(const Given& given, const When& when) {
  Append append;
  append.tenant_id = "t";
  append.touchpoints = when.touchpoints;
  append.retractions = when.retractions;
  append.expected_versions = when.expected;
  append.only_kind = when.only_kind;
  append.id_name = when.id_name;
  Facts facts;
  facts.ids = given.ids;
  facts.ids.resize(when.touchpoints.size() + when.retractions.size());
  facts.versions = given.versions;
  facts.head_position = kHead;
  facts.storage_full = given.storage_full;
  facts.inert_links = given.inert_links;
  if (given.full >= 0) {
    facts.full_subjects.resize(when.touchpoints.size());
    facts.full_subjects[static_cast<size_t>(given.full)] =
        std::make_unique<v1::Subject>(Account("acme"));
  }
  return Decide(append, facts, core::SenderClocks(), kNow);
}

Results ResultsOf(const Decision& decision) {
  Results results;
  for (const auto& result : decision.response.results()) {
    results.emplace_back(result.position(), result.repeated());
  }
  return results;
}

IdFact Known(int64_t position, const v1::Touchpoint& touchpoint,
             int64_t retraction_position = 0) {
  return {{position, retraction_position}, &touchpoint};
}

IdFact Retracted(int64_t position, int64_t retraction_position) {
  return {{position, retraction_position}, nullptr};
}

const auto a = MakeTouchpoint("a");
const auto b = MakeTouchpoint("b");
const auto other_a = MakeTouchpoint("a", "other content");

std::shared_ptr<const v1::Touchpoint> SentLater() {
  auto copy = MakeTouchpoint("a");
  copy->mutable_sent_at()->set_seconds(5);
  return copy;
}

TEST(DecideTest, AcceptedAppends) {
  struct Case {
    const char* desc;
    Given given;
    When when;
    Results then;
    size_t events;
  };
  const Case cases[] = {
      {"new ids get dense positions",
       {},
       {{a, b}, {}, {}},
       {{101, false}, {102, false}},
       2},
      {"a repeat returns the first position",
       {{Known(7, *a)}, {}},
       {{a}, {}, {}},
       {{7, true}},
       0},
      {"sent_at is not part of the content",
       {{Known(7, *a)}, {}},
       {{SentLater()}, {}, {}},
       {{7, true}},
       0},
      {"repeats do not use up positions",
       {{Known(7, *a), {}}, {}},
       {{a, b}, {}, {}},
       {{7, true}, {101, false}},
       1},
      {"a repeat within the batch",
       {},
       {{a, b, a}, {}, {}},
       {{101, false}, {102, false}, {101, true}},
       2},
      {"a repeat of a retracted touchpoint does not revive it",
       {{Known(7, *a, 9)}, {}},
       {{a}, {}, {}},
       {{7, true}},
       0},
      {"a retraction",
       {{Known(7, *a)}, {}},
       {{}, {MakeRetraction("a")}, {}},
       {{101, false}},
       1},
      {"a retraction before its target",
       {},
       {{}, {MakeRetraction("a")}, {}},
       {{101, false}},
       1},
      {"a second retraction returns the first one's position",
       {{Retracted(7, 9)}, {}},
       {{}, {MakeRetraction("a")}, {}},
       {{9, true}},
       0},
      {"a retraction twice in one batch",
       {},
       {{}, {MakeRetraction("a"), MakeRetraction("a")}, {}},
       {{101, false}, {101, true}},
       1},
      {"repeats pass when the disk is full",
       {{Known(7, *a)}, {}, -1, true},
       {{a}, {}, {}},
       {{7, true}},
       0},
      {"repeats pass when the subject is full",
       {{Known(7, *a)}, {}, 0},
       {{a}, {}, {}},
       {{7, true}},
       0},
      {"retractions pass when the subject is full",
       {{Known(7, *a)}, {}},
       {{}, {MakeRetraction("a")}, {}},
       {{101, false}},
       1},
      {"a batch of repeats is not checked for versions",
       {{Known(7, *a)}, {5}},
       {{a}, {}, {Expect(Account("acme"), 1)}},
       {{7, true}},
       0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.desc);
    const auto decision = Deciding(c.given, c.when);
    ASSERT_TRUE(decision.ok()) << decision.status();
    EXPECT_EQ(ResultsOf(*decision), c.then);
    ASSERT_THAT(decision->events, SizeIs(c.events));
    int64_t position = kHead;
    for (const LogEvent& event : decision->events) {
      EXPECT_EQ(event.position, ++position);
      EXPECT_EQ(event.received_at, kNow);
      EXPECT_NE(event.touchpoint == nullptr, event.retraction == nullptr);
    }
    int64_t repeated = 0;
    for (const auto& result : c.then) repeated += result.second;
    EXPECT_EQ(decision->repeated, repeated);
  }
}

TEST(DecideTest, TargetPositionIsFilledInWhereKnown) {
  EXPECT_EQ(Deciding({{Known(7, *a)}, {}}, {{}, {MakeRetraction("a")}, {}})
                ->events[0]
                .retraction->target_position(),
            7);
  EXPECT_EQ(Deciding({}, {{}, {MakeRetraction("a")}, {}})
                ->events[0]
                .retraction->target_position(),
            0);
  EXPECT_EQ(Deciding({}, {{a}, {MakeRetraction("a")}, {}})
                ->events[1]
                .retraction->target_position(),
            101);
}

TEST(DecideTest, TouchpointWhoseRetractionWaitsIsMarked) {
  const auto decision = Deciding({{Retracted(0, 9), {}}, {}}, {{a, b}, {}, {}});
  EXPECT_TRUE(decision->events[0].retracted_on_arrival);
  EXPECT_FALSE(decision->events[1].retracted_on_arrival);
}

TEST(DecideTest, WhatIsNotInForceIsTold) {
  const auto retracted = [](const Given& given, const When& when) {
    std::vector<bool> out;
    const auto decision = Deciding(given, when);
    for (const auto& result : decision->response.results()) {
      out.push_back(result.retracted());
    }
    return out;
  };
  using Told = std::vector<bool>;
  EXPECT_EQ(retracted({{Known(7, *a)}, {}}, {{a}, {}, {}}), Told({false}));
  EXPECT_EQ(retracted({{Known(7, *a, 9)}, {}}, {{a}, {}, {}}), Told({true}));
  EXPECT_EQ(retracted({{Retracted(0, 9)}, {}}, {{a, b, a}, {}, {}}),
            Told({true, false, true}));
  EXPECT_EQ(retracted({{Retracted(7, 9)}, {}}, {{}, {MakeRetraction("a")}, {}}),
            Told({false}));
}

TEST(DecideTest, RetractionThatWaitsForItsTouchpointIsTold) {
  const auto waits = [](const Given& given, const When& when) {
    return Deciding(given, when)->response.results().rbegin()->waiting();
  };
  const When retraction = {{}, {MakeRetraction("a")}, {}};
  EXPECT_TRUE(waits({}, retraction));
  EXPECT_TRUE(waits({{Retracted(0, 9)}, {}}, retraction));
  EXPECT_FALSE(waits({{Known(7, *a)}, {}}, retraction));
  EXPECT_FALSE(waits({{Retracted(7, 9)}, {}}, retraction));
  EXPECT_FALSE(waits({}, {{a}, {MakeRetraction("a")}, {}}));
}

TEST(DecideTest, InertLinksAreToldAndStored) {
  const auto decision =
      Deciding({{Known(7, *a), {}, {}},
                {},
                -1,
                false,
                {{}, {v1::SUBJECT_TYPE_VISITOR, v1::SUBJECT_TYPE_CONTACT}, {}}},
               {{a, b, MakeTouchpoint("c")}, {}, {}});
  ASSERT_TRUE(decision.ok()) << decision.status();
  ASSERT_THAT(decision->events, SizeIs(2));
  EXPECT_THAT(decision->events[0].inert_links,
              ElementsAre(v1::SUBJECT_TYPE_VISITOR, v1::SUBJECT_TYPE_CONTACT));
  EXPECT_THAT(decision->events[1].inert_links, SizeIs(0));
  EXPECT_THAT(decision->response.results(0).inert_links(), SizeIs(0));
  EXPECT_THAT(decision->response.results(1).inert_links(),
              ElementsAre(v1::SUBJECT_TYPE_VISITOR, v1::SUBJECT_TYPE_CONTACT));
  EXPECT_THAT(decision->response.results(2).inert_links(), SizeIs(0));
  EXPECT_EQ(decision->inert_links, 2);
}

// The only field that a refusal names.
std::string BlamedField(const absl::Status& status) {
  const google::rpc::BadRequest bad_request = BadRequestOf(status);
  EXPECT_EQ(bad_request.field_violations_size(), 1) << status;
  return bad_request.field_violations_size() == 0
             ? ""
             : bad_request.field_violations(0).field();
}

TEST(DecideTest, OnlyTheWantedKindIsRetracted) {
  auto link = MakeTouchpoint("a");
  link->mutable_identity_link();
  const When unlink = {{},
                       {MakeRetraction("a")},
                       {},
                       v1::TOUCHPOINT_KIND_IDENTITY_LINK,
                       "link_id"};
  const auto taken_back = Deciding({{Known(7, *link)}, {}}, unlink);
  ASSERT_TRUE(taken_back.ok()) << taken_back.status();
  EXPECT_EQ(taken_back->events[0].retraction->target_position(), 7);
  // Nothing is known of it: the withdrawal waits.
  EXPECT_TRUE(Deciding({}, unlink).ok());

  // Also where it was retracted already.
  for (const int64_t retraction_position : {0, 9}) {
    const absl::Status refused =
        Deciding({{Known(7, *a, retraction_position)}, {}}, unlink).status();
    EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
    EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_VALIDATION_FAILED);
    EXPECT_EQ(BlamedField(refused), "link_id");
  }
}

TEST(DecideTest, ConflictOfASingleTouchpointIsBlamedOnTheRequestsOwnField) {
  const absl::Status refused =
      Deciding({{Known(7, *a)}, {}},
               {{other_a}, {}, {}, v1::TOUCHPOINT_KIND_UNSPECIFIED, "merge_id"})
          .status();
  EXPECT_TRUE(absl::IsAlreadyExists(refused)) << refused;
  EXPECT_EQ(BlamedField(refused), "merge_id");
}

TEST(DecideTest, TheRequestIsNotChanged) {
  const auto retraction = MakeRetraction("a");
  (void)Deciding({{Known(7, *a)}, {}}, {{}, {retraction}, {}});
  EXPECT_EQ(retraction->target_position(), 0);
}

TEST(DecideTest, EveryConflictIsNamed) {
  const auto decision = Deciding(
      {{{}, Known(7, *a), {}, {}}, {}},
      {{b, other_a, MakeTouchpoint("c"), MakeTouchpoint("c", "other content")},
       {},
       {}});
  ASSERT_TRUE(absl::IsAlreadyExists(decision.status()));
  EXPECT_EQ(core::ReasonOf(decision.status()),
            v1::ERROR_REASON_TOUCHPOINT_CONFLICT);
  std::vector<std::string> fields;
  const google::rpc::BadRequest bad_request = BadRequestOf(decision.status());
  for (const auto& violation : bad_request.field_violations()) {
    fields.push_back(violation.field());
  }
  EXPECT_THAT(fields, ElementsAre("touchpoints[1].touchpoint_id",
                                  "touchpoints[3].touchpoint_id"));
}

TEST(DecideTest, RefusedAppends) {
  struct Case {
    const char* desc;
    Given given;
    When when;
    absl::StatusCode code;
    v1::ErrorReason reason;
    bool retry_info;
  };
  const std::vector<v1::ExpectedVersion> none = {ExpectNone(Account("acme"))};
  const Case cases[] = {
      {"another version",
       {{}, {3}},
       {{a}, {}, {Expect(Account("acme"), 2)}},
       absl::StatusCode::kAborted,
       v1::ERROR_REASON_VERSION_MISMATCH,
       false},
      {"not the first touchpoint",
       {{}, {3}},
       {{a}, {}, none},
       absl::StatusCode::kAborted,
       v1::ERROR_REASON_VERSION_MISMATCH,
       false},
      {"a mixed batch is checked for versions",
       {{Known(7, *a), {}}, {3}},
       {{a, b}, {}, none},
       absl::StatusCode::kAborted,
       v1::ERROR_REASON_VERSION_MISMATCH,
       false},
      {"a conflict goes before a version",
       {{Known(7, *a)}, {3}},
       {{other_a}, {}, none},
       absl::StatusCode::kAlreadyExists,
       v1::ERROR_REASON_TOUCHPOINT_CONFLICT,
       false},
      {"a version goes before a full subject",
       {{}, {3}, 0},
       {{a}, {}, none},
       absl::StatusCode::kAborted,
       v1::ERROR_REASON_VERSION_MISMATCH,
       false},
      {"a full subject",
       {{}, {}, 1},
       {{b, a}, {}, {}},
       absl::StatusCode::kResourceExhausted,
       v1::ERROR_REASON_SUBJECT_FULL,
       false},
      {"a full disk",
       {{}, {}, -1, true},
       {{a}, {}, {}},
       absl::StatusCode::kResourceExhausted,
       v1::ERROR_REASON_STORAGE_FULL,
       true},
      {"a retraction on a full disk",
       {{}, {}, -1, true},
       {{}, {MakeRetraction("a")}, {}},
       absl::StatusCode::kResourceExhausted,
       v1::ERROR_REASON_STORAGE_FULL,
       true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.desc);
    const absl::Status status = Deciding(c.given, c.when).status();
    EXPECT_EQ(status.code(), c.code) << status;
    EXPECT_EQ(core::ReasonOf(status), c.reason);
    EXPECT_EQ(HasRetryInfo(status), c.retry_info);
  }
}

TEST(DecideTest, MismatchTellsSubjectAndBothVersions) {
  const auto metadata =
      InfoOf(
          Deciding(
              {{}, {1, 3}},
              {{a}, {}, {Expect(Account("x"), 1), Expect(Account("acme"), 2)}})
              .status())
          .metadata();
  EXPECT_EQ(metadata.at("subject_type"), "account");
  EXPECT_EQ(metadata.at("subject_id"), "acme");
  EXPECT_EQ(metadata.at("expected"), "2");
  EXPECT_EQ(metadata.at("current"), "3");
  EXPECT_EQ(InfoOf(Deciding({{}, {3}}, {{a}, {}, {ExpectNone(Account("acme"))}})
                       .status())
                .metadata()
                .at("expected"),
            "none");
}

TEST(DecideTest, VersionsAfterTheAppendAreTold) {
  const auto decision =
      Deciding({{Known(7, *a), {}, {}, {}}, {3, 0, 8}},
               {{a, b, MakeTouchpoint("c"), MakeTouchpoint("d", "", "other")},
                {},
                {Expect(Account("acme"), 3), ExpectNone(Account("other")),
                 ExpectAny(Account("third"))}});
  ASSERT_TRUE(decision.ok()) << decision.status();
  std::vector<int64_t> versions;
  for (const auto& version : decision->response.versions()) {
    versions.push_back(version.version());
  }
  EXPECT_THAT(versions, ElementsAre(5, 1, 8));
}

}  // namespace
}  // namespace journey::log
