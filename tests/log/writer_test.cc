#include "service/log/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "tests/log/log_testing.h"
#include "tests/log/writer_fixture.h"

namespace journey::log {
namespace {

using ::testing::ElementsAre;
using testing::Fault;
using testing::FaultyCall;
using ::testing::SizeIs;

TEST_F(WriterTest, AppendsAreDurableAndApplied) {
  const auto result = Wait(Send({MakeTouchpoint("a"), MakeTouchpoint("b")}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Positions(*result), ElementsAre(1, 2));
  EXPECT_EQ(log_->head_group(), 1);
  EXPECT_EQ(views_.applied(), 1);
  EXPECT_EQ(writer_->applied_group(), 1);
  ASSERT_EQ(views_.events("t").size(), 2u);
  EXPECT_EQ(views_.events("t")[0].received_at, clock_.Now());
}

TEST_F(WriterTest, EachTenantHasPositionsOfItsOwn) {
  (void)Wait(Send({MakeTouchpoint("a")}, "t"));
  const auto other = Wait(Send({MakeTouchpoint("a")}, "u"));
  EXPECT_THAT(Positions(*other), ElementsAre(1));
  EXPECT_FALSE(other->results(0).repeated());
}

TEST_F(WriterTest, RepeatOfAnOldTouchpointIsComparedWithTheLog) {
  (void)Wait(Send({MakeTouchpoint("a", "text")}));
  const auto repeat = Wait(Send({MakeTouchpoint("a", "text")}));
  ASSERT_TRUE(repeat.ok());
  EXPECT_THAT(Positions(*repeat), ElementsAre(1));
  EXPECT_TRUE(repeat->results(0).repeated());
  const auto conflict = Wait(Send({MakeTouchpoint("a", "other")}));
  EXPECT_TRUE(absl::IsAlreadyExists(conflict.status()));
  EXPECT_EQ(log_->head_group(), 1);
}

TEST_F(WriterTest, IdsOfGroupsInFlightAreKnown) {
  views_.Pause();
  const auto first = Send({MakeTouchpoint("a")});
  WaitForGroups(1);
  const auto repeat = Send({MakeTouchpoint("a"), MakeTouchpoint("b")});
  WaitForGroups(2);
  const auto conflict = Send({MakeTouchpoint("b", "other")});
  const auto retraction = Retract({MakeRetraction("b")});
  WaitForGroups(3);
  views_.Resume();
  EXPECT_TRUE(Wait(first).ok());
  EXPECT_THAT(Positions(*Wait(repeat)), ElementsAre(1, 2));
  EXPECT_TRUE(absl::IsAlreadyExists(Wait(conflict).status()));
  EXPECT_THAT(Positions(*Wait(retraction)), ElementsAre(3));
  EXPECT_EQ(views_.events("t")[2].retraction->target_position(), 2);
}

TEST_F(WriterTest, WaitingRetractionMarksTheTouchpoint) {
  (void)Wait(Retract({MakeRetraction("a")}));
  (void)Wait(Send({MakeTouchpoint("a"), MakeTouchpoint("b")}));
  const auto again = Wait(Retract({MakeRetraction("a")}));
  EXPECT_THAT(Positions(*again), ElementsAre(1));
  EXPECT_TRUE(again->results(0).repeated());
  const auto events = views_.events("t");
  ASSERT_EQ(events.size(), 3u);
  EXPECT_TRUE(events[1].retracted_on_arrival);
  EXPECT_FALSE(events[2].retracted_on_arrival);
}

TEST_F(WriterTest, VersionsCountGroupsThatWereInFlight) {
  views_.Pause();
  const auto first = Send({MakeTouchpoint("a"), MakeTouchpoint("b")});
  WaitForGroups(1);
  // Decided only when the group above is in the views.
  const auto right =
      Send({MakeTouchpoint("c")}, "t", {Expect(Account("acme"), 2)});
  const auto wrong =
      Send({MakeTouchpoint("d")}, "t", {Expect(Account("acme"), 2)});
  views_.Resume();
  EXPECT_TRUE(Wait(first).ok());
  const auto result = Wait(right);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->versions(0).version(), 3);
  EXPECT_EQ(core::ReasonOf(Wait(wrong).status()),
            v1::ERROR_REASON_VERSION_MISMATCH);
}

TEST_F(WriterTest, OnlyOneOfManyConditionalAppendsWins) {
  std::vector<Ticket> tickets;
  tickets.reserve(50);
  for (int i = 0; i < 50; ++i) {
    tickets.push_back(Send({MakeTouchpoint(absl::StrCat("c", i))}, "t",
                           {ExpectNone(Account("acme"))}));
  }
  int won = 0;
  for (const Ticket& ticket : tickets) won += Wait(ticket).ok();
  EXPECT_EQ(won, 1);
}

TEST_F(WriterTest, FullSubjectIsRefused) {
  views_.Fill("acme");
  const absl::Status refused = Wait(Send({MakeTouchpoint("a")})).status();
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_SUBJECT_FULL);
  EXPECT_EQ(InfoOf(refused).metadata().at("limit"), "subject_touchpoints_max");
  EXPECT_EQ(InfoOf(refused).metadata().at("value"),
            absl::StrCat(core::kSubjectTouchpointsMax));
  EXPECT_TRUE(Wait(Send({MakeTouchpoint("a", "", "other")})).ok());
}

std::shared_ptr<const v1::Touchpoint> MakeLink(const std::string& id,
                                               const std::string& account) {
  auto touchpoint = MakeTouchpoint(id, "", account);
  touchpoint->set_contact_id("ann");
  touchpoint->mutable_identity_link();
  return touchpoint;
}

TEST_F(WriterTest, InertLinkIsToldCountedAndInTheLog) {
  const auto result =
      Wait(Send({MakeLink("a", "acme"), MakeLink("b", "full")}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->results(0).inert_links(), ElementsAre());
  EXPECT_THAT(result->results(1).inert_links(),
              ElementsAre(v1::SUBJECT_TYPE_CONTACT));
  EXPECT_EQ(observer_.inert_links, 1);

  const auto repeat = Wait(Send({MakeLink("b", "full")}));
  EXPECT_TRUE(repeat->results(0).repeated());
  EXPECT_THAT(repeat->results(0).inert_links(), ElementsAre());
  EXPECT_EQ(observer_.inert_links, 1);

  Restart(/*fresh=*/false);
  const auto events = views_.events("t");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_THAT(events[0].inert_links, ElementsAre());
  EXPECT_THAT(events[1].inert_links, ElementsAre(v1::SUBJECT_TYPE_CONTACT));
  EXPECT_THAT(LinksInForce(events[0]), SizeIs(1));
  EXPECT_THAT(LinksInForce(events[1]), SizeIs(0));
}

TEST_F(WriterTest, OnlyTheWantedKindIsRetractedStoredOrInFlight) {
  const auto unlink = [this](const std::string& id) {
    Append append;
    append.tenant_id = "t";
    append.retractions.push_back(MakeRetraction(id));
    append.only_kind = v1::TOUCHPOINT_KIND_IDENTITY_LINK;
    append.id_name = "link_id";
    return Submit(std::move(append));
  };
  (void)Wait(Send({MakeLink("link", "acme"), MakeTouchpoint("visit")}));
  EXPECT_TRUE(absl::IsInvalidArgument(Wait(unlink("visit")).status()));
  EXPECT_THAT(Positions(*Wait(unlink("link"))), ElementsAre(3));

  views_.Pause();
  const auto first = Send({MakeTouchpoint("later"), MakeLink("link2", "acme")});
  WaitForGroups(3);
  const auto refused = unlink("later");
  const auto taken_back = unlink("link2");
  views_.Resume();
  EXPECT_TRUE(Wait(first).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Wait(refused).status()));
  EXPECT_THAT(Positions(*Wait(taken_back)), ElementsAre(6));
  EXPECT_EQ(log_->head_group(), 4);
}

TEST_F(WriterTest, NothingIsWrittenBelowTheFreeSpaceFloor) {
  free_space_ = core::kFreeSpaceBytesMin - 1;
  const auto refused = Wait(Send({MakeTouchpoint("a")})).status();
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_STORAGE_FULL);
  EXPECT_TRUE(HasRetryInfo(refused));
  EXPECT_EQ(log_->head_group(), 0);
  free_space_ = core::kFreeSpaceBytesMin;
  EXPECT_TRUE(Wait(Send({MakeTouchpoint("a")})).ok());
}

TEST_F(WriterTest, DurableOnlyIsAnsweredBeforeItIsVisible) {
  views_.Pause();
  const auto durable =
      Send({MakeTouchpoint("a")}, "t", {}, v1::ACK_DURABLE_ONLY);
  EXPECT_TRUE(Wait(durable).ok());
  EXPECT_EQ(views_.applied(), 0);
  EXPECT_EQ(log_->head_group(), 1);
  views_.Resume();
}

TEST_F(WriterTest, FullQueueIsRefusedAtOnce) {
  views_.Pause();
  // The first groups fill the pipeline behind the views, the rest the queue.
  for (int i = 0; i < core::kGroupsInFlightMax; ++i) {
    (void)Send({MakeTouchpoint(absl::StrCat("f", i))});
    WaitForGroups(i + 1);
  }
  std::vector<Ticket> waiting;
  waiting.reserve(core::kQueueAppendsMax);
  for (int i = 0; i < core::kQueueAppendsMax; ++i) {
    waiting.push_back(Send({MakeTouchpoint(absl::StrCat("q", i))}));
  }
  EXPECT_EQ(writer_->queue_depth(), core::kQueueAppendsMax);
  const auto refused = Wait(Send({MakeTouchpoint("x")})).status();
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_OVERLOADED);
  EXPECT_TRUE(HasRetryInfo(refused));
  EXPECT_EQ(InfoOf(refused).metadata().at("limit"), "queue_appends_max");
  views_.Resume();
  for (const Ticket& ticket : waiting) EXPECT_TRUE(Wait(ticket).ok());
}

TEST_F(WriterTest, FullQueueTakesSignalsAllTheSame) {
  views_.Pause();
  for (int i = 0; i < core::kGroupsInFlightMax; ++i) {
    (void)Send({MakeTouchpoint(absl::StrCat("f", i))});
    WaitForGroups(i + 1);
  }
  for (int i = 0; i < core::kQueueAppendsMax; ++i) {
    (void)Send({MakeTouchpoint(absl::StrCat("q", i))});
  }
  ASSERT_FALSE(Wait(Send({MakeTouchpoint("x")})).ok());
  Append append;
  append.tenant_id = core::SignalLogOf("t");
  append.signals = {std::make_shared<v1::SignalEvent>()};
  const Ticket signal = Submit(std::move(append));
  views_.Resume();
  const auto answer = Wait(signal);
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST_F(WriterTest, QueueIsBoundedInBytes) {
  views_.Pause();
  for (int i = 0; i < core::kGroupsInFlightMax; ++i) {
    (void)Send({MakeTouchpoint(absl::StrCat("f", i))});
    WaitForGroups(i + 1);
  }
  const std::string text(size_t{1} * 1024 * 1024, 'x');
  absl::Status refused;
  for (size_t bytes = 0; bytes <= core::kQueueBytesMax; bytes += text.size()) {
    const Ticket ticket = Send({MakeTouchpoint(absl::StrCat(bytes), text)});
    if (IsDone(ticket)) refused = Wait(ticket).status();
  }
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_OVERLOADED);
  EXPECT_EQ(InfoOf(refused).metadata().at("limit"), "queue_bytes_max");
  views_.Resume();
}

TEST_F(WriterTest, StopFinishesWhatIsQueuedAndRefusesTheRest) {
  std::vector<Ticket> tickets;
  tickets.reserve(100);
  for (int i = 0; i < 100; ++i) {
    tickets.push_back(Send({MakeTouchpoint(absl::StrCat("s", i))}));
  }
  writer_->Stop();
  writer_->Stop();
  for (const Ticket& ticket : tickets) {
    ASSERT_TRUE(IsDone(ticket));
    EXPECT_TRUE(Wait(ticket).ok());
  }
  const auto refused = Wait(Send({MakeTouchpoint("x")})).status();
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_SHUTTING_DOWN);
}

TEST_F(WriterTest, NothingIsAcknowledgedAfterAFailedWriteOrSync) {
  struct Case {
    const char* desc;
    FaultyCall call;
    Fault fault;
  };
  const Case cases[] = {
      {"EIO on write", FaultyCall::kWrite, Fault::kIoError},
      {"EIO on sync", FaultyCall::kSync, Fault::kIoError},
      {"ENOSPC on write", FaultyCall::kWrite, Fault::kNoSpace},
      {"ENOSPC on sync", FaultyCall::kSync, Fault::kNoSpace},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.desc);
    Restart(/*fresh=*/true);
    ASSERT_TRUE(Wait(Send({MakeTouchpoint("a")})).ok());
    files_->Inject(c.call, c.fault, ".log", 2);
    std::vector<Ticket> tickets;
    for (int i = 0; i < 200; ++i) {
      tickets.push_back(Send({MakeTouchpoint(absl::StrCat("b", i))}));
      if (i % 20 == 0) (void)Wait(tickets.back());
    }
    int acknowledged = 0;
    bool failed = false;
    for (const Ticket& ticket : tickets) {
      const auto result = Wait(ticket);
      if (result.ok()) {
        EXPECT_FALSE(failed);
        ++acknowledged;
      } else {
        failed = true;
        EXPECT_EQ(core::ReasonOf(result.status()),
                  v1::ERROR_REASON_OUTCOME_UNKNOWN);
      }
    }
    EXPECT_TRUE(failed);
    EXPECT_EQ(fatal_.load(), 1);
    files_->ClearInjections();
    EXPECT_FALSE(Wait(Send({MakeTouchpoint("late")})).ok());
    Restart(/*fresh=*/false);
    // Repeating everything is safe, and what was acknowledged is there.
    EXPECT_GE(views_.events("t").size(), 1u + acknowledged);
    for (int i = 0; i < 200; ++i) {
      const auto again = Wait(Send({MakeTouchpoint(absl::StrCat("b", i))}));
      ASSERT_TRUE(again.ok());
      EXPECT_TRUE(i >= acknowledged || again->results(0).repeated());
    }
    EXPECT_EQ(views_.events("t").size(), 201u);
  }
}

TEST_F(WriterTest, FailedViewsEndTheProcess) {
  views_.Break();
  EXPECT_EQ(core::ReasonOf(Wait(Send({MakeTouchpoint("a")})).status()),
            v1::ERROR_REASON_OUTCOME_UNKNOWN);
  EXPECT_EQ(core::ReasonOf(Wait(Send({MakeTouchpoint("b")})).status()),
            v1::ERROR_REASON_OUTCOME_UNKNOWN);
  EXPECT_EQ(fatal_.load(), 1);
}

TEST_F(WriterTest, ObserverCountsEventsAndRepeats) {
  (void)Wait(Send({MakeTouchpoint("a")}));
  (void)Wait(Send({MakeTouchpoint("a"), MakeTouchpoint("b")}));
  writer_->Stop();
  EXPECT_EQ(observer_.events, 2);
  EXPECT_EQ(observer_.repeated, 1);
}

}  // namespace
}  // namespace journey::log
