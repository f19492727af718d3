// ExplainJourney against GetJourney, and against the log.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "service/core/touchpoint.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

// Calls `check` with every cause in an explanation, wherever it stands.
void ForEachCause(const google::protobuf::Message& message,
                  const std::function<void(const v1::PlacedCause&)>& check) {
  if (message.GetDescriptor() == v1::PlacedCause::descriptor()) {
    check(static_cast<const v1::PlacedCause&>(message));
    return;
  }
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      ForEachCause(reflection->GetMessage(message, field), check);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      ForEachCause(reflection->GetRepeatedMessage(message, field, i), check);
    }
  }
}

class ExplainTest : public QueryTest {
 protected:
  absl::StatusOr<v1::ExplainJourneyResponse> Explain(
      const v1::Subject& subject, std::optional<core::Micros> as_of = {}) {
    auto request = RequestAt<v1::ExplainJourneyRequest>(as_of);
    *request.mutable_subject() = subject;
    return engine_->views().ExplainJourney(request, Always);
  }

  // The touchpoint that stands at a position.
  v1::Touchpoint At(int64_t position) {
    const auto events =
        engine_->event_log().ReadPositions(Engine::kTenant, {position});
    EXPECT_TRUE(events.ok()) << events.status();
    return *events->at(0).touchpoint;
  }
};

TEST_F(ExplainTest, ExplainsWhatGetJourneyShows) {
  int causes = 0;
  for (const auto& as_of :
       {std::optional<core::Micros>(), std::optional(testing::At("2025-02-15")),
        std::optional(testing::At("2026-06-01"))}) {
    for (const v1::Journey& journey : JourneysAt(as_of)) {
      const auto got = Explain(journey.subject(), as_of);
      ASSERT_TRUE(got.ok()) << got.status();
      const v1::JourneyExplanation& explanation = got->explanation();
      EXPECT_EQ(explanation.as_of().seconds(), journey.as_of().seconds());
      EXPECT_EQ(explanation.stage().visit().SerializeAsString(),
                journey.stage().SerializeAsString());
      EXPECT_EQ(explanation.lead().standing().SerializeAsString(),
                journey.lead().SerializeAsString());
      EXPECT_EQ(explanation.behaviour().score().points(),
                journey.scores().behaviour().points());
      int stalls = 0;
      for (const v1::Deal& deal : journey.open_deals()) {
        stalls += deal.stalls_size();
      }
      EXPECT_EQ(explanation.stalls_size(), stalls);
      ForEachCause(explanation, [&](const v1::PlacedCause& cause) {
        ++causes;
        ASSERT_GT(cause.position(), 0) << cause.ShortDebugString();
        const v1::Touchpoint touchpoint = At(cause.position());
        EXPECT_EQ(touchpoint.touchpoint_id(),
                  cause.touchpoint().touchpoint_id());
        EXPECT_EQ(touchpoint.source(), cause.touchpoint().source());
        EXPECT_EQ(core::KindOf(touchpoint), cause.kind());
        EXPECT_EQ(touchpoint.occurred_at().SerializeAsString(),
                  cause.occurred_at().SerializeAsString());
      });
    }
  }
  EXPECT_GT(causes, 200);
}

v1::Subject Contact(const std::string& id) {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_CONTACT);
  subject.set_id(id);
  return subject;
}

TEST_F(ExplainTest, SubjectsWithoutAJourneyByThenAreNotFound) {
  for (const auto& status :
       {Explain(Contact("nobody")).status(),
        Explain(JourneysAt({}).at(0).subject(), testing::At("2024-12-31"))
            .status()}) {
    EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_SUBJECT_NOT_FOUND)
        << status;
  }
}

TEST_F(ExplainTest, AnySubjectFindsTheJourneyItBelongsTo) {
  const std::string link = "account_id: 'linked' contact_id: 'zoe' ";
  ASSERT_TRUE(engine_
                  ->Append({Tp("v1", "2025-03-01",
                               "contact_id: 'zoe' content { action: "
                               "ACTION_DOWNLOADED }"),
                            Tp("v2", "2025-03-02",
                               link + "form_submission { intent: "
                                      "INTENT_DEMO }")})
                  .ok());
  const auto got = Explain(Contact("zoe"));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->explanation().subject().id(), "linked");
  const auto& contributions = got->explanation().behaviour().contributions();
  ASSERT_EQ(contributions.size(), 2);
  EXPECT_EQ(contributions[0].cause().action(), "downloaded");
  EXPECT_EQ(contributions[1].cause().action(), "demo");
  EXPECT_EQ(contributions[1].condition_name(), "Asked for a demo");
}

TEST_F(ExplainTest, RetractedTouchpointsExplainNothing) {
  const std::string who = "account_id: 'fresh' ";
  ASSERT_TRUE(
      engine_
          ->Append({Tp("r1", "2025-03-01",
                       who + "content { action: ACTION_DOWNLOADED }"),
                    Tp("r2", "2025-03-02",
                       who + "form_submission { intent: INTENT_DEMO }")})
          .ok());
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id("fresh");
  EXPECT_EQ(Explain(subject)->explanation().lead().standing().status(),
            v1::LEAD_STATUS_SQL);
  ASSERT_TRUE(engine_->Retract("r2").ok());
  const auto got = Explain(subject);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->explanation().lead().standing().status(),
            v1::LEAD_STATUS_NONE);
  EXPECT_EQ(got->explanation().behaviour().contributions_size(), 1);
  ASSERT_TRUE(engine_->Retract("r1").ok());
  EXPECT_EQ(core::ReasonOf(Explain(subject).status()),
            v1::ERROR_REASON_SUBJECT_NOT_FOUND);
}

}  // namespace
}  // namespace journey::testing
