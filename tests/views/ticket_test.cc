// Tickets as queries show them, against the naive reference, whatever the
// order in which their touchpoints arrive.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_ticket.h"
#include "tests/support/history.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using core::Micros;

constexpr int kHistories = 12;

std::string Text(v1::Ticket ticket) {
  ticket.clear_explanation();
  return ticket.ShortDebugString();
}

class TicketsTest : public ::testing::Test {
 protected:
  TicketsTest() { Restart(); }

  // Begins with an empty store.
  void Restart() {
    engine_.reset();
    dir_ = std::make_unique<TempDir>();
    auto engine = Engine::Open({dir_->path()});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  unsigned Pick(unsigned end) { return random_() % end; }

  // Tickets of subjects that are linked and merged, and a deal that changes
  // its account; some touchpoints are wrong.
  void MakeHistory(int index) {
    history_ = RandomTickets(random_, 20 + 10 * index, 1 + index % 7, 20);
    history_.push_back(Tp("merge", "2025-01-03",
                          "account_id: 'A1' account_merge { "
                          "other_account_id: 'A0' }"));
    history_.push_back(
        Tp("link", "2025-01-05",
           "anonymous_id: 'V0' contact_id: 'C0' identity_link {}"));
    for (int i = 0; i < 4; ++i) {
      history_.push_back(Tp(absl::StrCat("deal", i),
                            absl::StrCat("2025-01-", 10 + 2 * i),
                            absl::StrCat("deal_id: 'D0' account_id: 'A", i % 3,
                                         "' deal { action: ACTION_UPDATED }")));
    }
    kept_.clear();
    wrong_ids_.clear();
    for (const v1::Touchpoint& touchpoint : history_) {
      if (Pick(8) == 0) {
        wrong_ids_.push_back(touchpoint.touchpoint_id());
      } else {
        kept_.push_back(touchpoint);
      }
    }
  }

  // In some order, in batches, with repeats; retractions come at any time.
  void Deliver() {
    std::vector<v1::Touchpoint> touchpoints = history_;
    std::shuffle(touchpoints.begin(), touchpoints.end(), random_);
    std::vector<std::string> wrong = wrong_ids_;
    std::vector<v1::Touchpoint> batch;
    for (const v1::Touchpoint& touchpoint : touchpoints) {
      batch.push_back(touchpoint);
      if (Pick(4) == 0) {
        batch.push_back(
            touchpoints[Pick(static_cast<unsigned>(touchpoints.size()))]);
      }
      if (Pick(3) != 0) continue;
      ASSERT_TRUE(engine_->Append(batch).ok());
      batch.clear();
      if (!wrong.empty() && Pick(2) == 0) {
        ASSERT_TRUE(engine_->Retract(wrong.back()).ok());
        wrong.pop_back();
      }
    }
    if (!batch.empty()) {
      ASSERT_TRUE(engine_->Append(batch).ok());
    }
    if (!wrong.empty()) {
      ASSERT_TRUE(engine_->Retract(wrong).ok());
    }
  }

  std::vector<v1::Ticket> List(const v1::ListTicketsRequest& request) {
    const auto rows = AllPages(
        request, 3,
        [&](const auto& r) { return engine_->views().ListTickets(r, Always); },
        [](const auto& r) { return r.tickets(); });
    return {rows.begin(), rows.end()};
  }

  static std::vector<std::string> Texts(const std::vector<v1::Ticket>& list) {
    std::vector<std::string> out;
    for (const v1::Ticket& ticket : list) out.push_back(Text(ticket));
    return out;
  }

  // The journey of the newest touchpoint.
  v1::Subject JourneyOf(const std::string& ticket_id, Micros instant) {
    const v1::Touchpoint* newest = nullptr;
    for (const v1::Touchpoint& t : kept_) {
      if (t.ticket().ticket_id() != ticket_id ||
          core::ToMicros(t.occurred_at()) > instant) {
        continue;
      }
      if (newest == nullptr || core::OrderKeyOf(*newest) < core::OrderKeyOf(t))
        newest = &t;
    }
    v1::ResolveRequest request;
    request.set_tenant_id(Engine::kTenant);
    *request.mutable_subject() = core::ToSubject(
        newest->deal_id().empty()
            ? *core::SubjectOf(*newest)
            : core::SubjectRef{v1::SUBJECT_TYPE_DEAL, newest->deal_id()});
    *request.mutable_as_of() = newest->occurred_at();
    return engine_->views().Resolve(request, Always)->journey();
  }

  // By id.
  std::vector<v1::Ticket> Reference(Micros instant) {
    std::vector<v1::Ticket> out;
    for (auto& [ticket_id, ticket] : ReferenceTickets(kept_, instant)) {
      *ticket.mutable_journey() = JourneyOf(ticket_id, instant);
      out.push_back(ticket);
    }
    return out;
  }

  static bool IsOpen(const v1::Ticket& ticket) {
    return ticket.status() == v1::TICKET_STATUS_OPEN ||
           ticket.status() == v1::TICKET_STATUS_WAITING_ON_CUSTOMER;
  }

  static bool IsByTime(const v1::ListTicketsRequest& request) {
    return request.open() || request.status() != v1::TICKET_STATUS_UNSPECIFIED;
  }

  // Something occurred later, and be it wrong.
  bool IsPast(Micros instant) {
    return std::any_of(history_.begin(), history_.end(), [&](const auto& t) {
      return core::ToMicros(t.occurred_at()) > instant;
    });
  }

  // What a list must hold; `in_time`: by the time of the status.
  static std::vector<std::string> Wanted(std::vector<v1::Ticket> all,
                                         const v1::ListTicketsRequest& request,
                                         bool in_time) {
    const auto unwanted = [&](const v1::Ticket& ticket) {
      const auto differs = [](const auto& asked, const auto& is) {
        return asked != std::decay_t<decltype(asked)>() && asked != is;
      };
      return differs(request.status(), ticket.status()) ||
             (request.open() && !IsOpen(ticket)) ||
             (request.has_status_since_by() &&
              core::ToMicros(ticket.status_since()) >
                  core::ToMicros(request.status_since_by())) ||
             differs(request.severity(), ticket.severity()) ||
             differs(request.type(), ticket.type()) ||
             differs(request.owner_id(), ticket.owner_id()) ||
             (request.has_subject() && request.subject().DebugString() !=
                                           ticket.journey().DebugString());
    };
    all.erase(std::remove_if(all.begin(), all.end(), unwanted), all.end());
    if (in_time) {
      std::stable_sort(all.begin(), all.end(),
                       [](const auto& a, const auto& b) {
                         return core::ToMicros(a.status_since()) <
                                core::ToMicros(b.status_since());
                       });
    }
    return Texts(all);
  }

  v1::ListTicketsRequest RandomConditions(std::optional<Micros> as_of,
                                          const std::vector<v1::Ticket>& all) {
    auto request = RequestAt<v1::ListTicketsRequest>(as_of);
    if (Pick(3) == 0) {
      request.set_open(true);
    } else if (Pick(2) == 0) {
      request.set_status(static_cast<v1::TicketStatus>(1 + Pick(4)));
    }
    if (Pick(3) == 0) {
      *request.mutable_status_since_by() =
          core::ToTimestamp(At("2025-01-01") + Pick(20) * core::kMicrosPerDay);
    }
    if (Pick(5) == 0) {
      request.set_severity(v1::TicketChange::SEVERITY_CRITICAL);
    }
    if (Pick(5) == 0) request.set_type(v1::TicketChange::TYPE_COMPLAINT);
    if (Pick(5) == 0) request.set_owner_id("O1");
    if (Pick(4) == 0 && !all.empty()) {
      *request.mutable_subject() =
          all[Pick(static_cast<unsigned>(all.size()))].journey();
    }
    return request;
  }

  absl::StatusOr<v1::Ticket> Get(const std::string& ticket_id,
                                 std::optional<Micros> as_of = std::nullopt) {
    auto request = RequestAt<v1::GetTicketRequest>(as_of);
    request.set_ticket_id(ticket_id);
    const auto response = engine_->views().GetTicket(request, Always);
    if (!response.ok()) return response.status();
    return response->ticket();
  }

  int64_t TicketCount() {
    return (*engine_->views().GetTenant(Engine::kTenant))->ticket_count();
  }

  void Append(const std::string& id, const std::string& at,
              const std::string& subjects, const std::string& action) {
    const auto response = engine_->Append(
        {Tp(id, at,
            absl::StrCat(subjects, " ticket { ticket_id: 'T' action: ACTION_",
                         action, " }"))});
    ASSERT_TRUE(response.ok()) << response.status();
  }

  std::mt19937 random_{TestSeed(20261123)};
  std::unique_ptr<TempDir> dir_;
  std::unique_ptr<Engine> engine_;
  std::vector<v1::Touchpoint> history_;
  std::vector<v1::Touchpoint> kept_;
  std::vector<std::string> wrong_ids_;
};

TEST_F(TicketsTest, ListsShowWhatTheDefinitionsSayOnceAllHasArrived) {
  int listed = 0;
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(i);
    Restart();
    Deliver();
    const std::vector<v1::Ticket> all = Reference(core::kNever);
    EXPECT_EQ(TicketCount(), static_cast<int64_t>(all.size()));
    for (int k = 0; k < 20; ++k) {
      const auto request = RandomConditions(std::nullopt, all);
      const auto got = Texts(List(request));
      ASSERT_EQ(got, Wanted(all, request, IsByTime(request)))
          << "history " << i << "\n"
          << request.DebugString();
      listed += static_cast<int>(got.size());
    }
  }
  // The lists are worth something.
  EXPECT_GT(listed, kHistories * 10);
}

TEST_F(TicketsTest, PastListsShowWhatWasSoThen) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(i);
    Restart();
    Deliver();
    for (int k = 0; k < 10; ++k) {
      const Micros then = At("2025-01-01") + static_cast<Micros>(Pick(84)) *
                                                 core::kMicrosPerDay / 4;
      const std::vector<v1::Ticket> all = Reference(then);
      const auto request = RandomConditions(then, all);
      const bool in_time = IsByTime(request) && !IsPast(then);
      ASSERT_EQ(Texts(List(request)), Wanted(all, request, in_time))
          << "history " << i << "\n"
          << request.DebugString();
      for (const v1::Ticket& ticket : all) {
        const auto got = Get(ticket.ticket_id(), then);
        ASSERT_TRUE(got.ok()) << got.status();
        ASSERT_EQ(Text(*got), Text(ticket));
      }
    }
  }
}

TEST_F(TicketsTest, AnInstantShowsTheSameOnceItIsPast) {
  MakeHistory(kHistories);
  Deliver();
  Append("open", "2025-01-30", "account_id: 'A0'", "OPENED");
  const Micros then = At("2025-02-01");
  auto request = RequestAt<v1::ListTicketsRequest>(then);
  request.set_open(true);
  std::vector<v1::Ticket> present = List(request);
  ASSERT_FALSE(present.empty());
  std::sort(present.begin(), present.end(), [](const auto& a, const auto& b) {
    return a.ticket_id() < b.ticket_id();
  });
  for (const v1::Ticket& ticket : present) {
    ASSERT_TRUE(engine_
                    ->Append({Tp(absl::StrCat("later ", ticket.ticket_id()),
                                 "2025-03-01",
                                 absl::StrCat("account_id: 'B' ticket { "
                                              "action: ACTION_CLOSED "
                                              "ticket_id: '",
                                              ticket.ticket_id(), "' }"))})
                    .ok());
  }
  EXPECT_EQ(Texts(List(request)), Texts(present));
  request.clear_as_of();
  EXPECT_TRUE(List(request).empty());
}

TEST_F(TicketsTest, ConclusionsDoNotDependOnTheOrderOfArrival) {
  for (int i = 0; i < kHistories; i += 3) {
    MakeHistory(i);
    std::string want;
    for (int k = 0; k < 4; ++k) {
      Restart();
      Deliver();
      if (k == 0) want = engine_->Digest();
      ASSERT_EQ(engine_->Digest(), want) << "history " << i;
    }
    // Nor do they know what was retracted.
    history_ = kept_;
    wrong_ids_.clear();
    Restart();
    Deliver();
    ASSERT_EQ(engine_->Digest(), want) << "history " << i;
  }
}

// No conclusion about a journey names a ticket.
TEST_F(TicketsTest, TheDigestCoversThem) {
  Append("1", "2025-01-01", "account_id: 'A'", "OPENED");
  const std::string digest = engine_->Digest();
  Restart();
  ASSERT_TRUE(engine_
                  ->Append({Tp("1", "2025-01-01",
                               "account_id: 'A' ticket { ticket_id: 'U' "
                               "action: ACTION_OPENED }")})
                  .ok());
  EXPECT_NE(engine_->Digest(), digest);
}

TEST_F(TicketsTest, RetractionMayComeFirstAndWithdrawsTheLastTouchpoint) {
  ASSERT_TRUE(engine_->Retract("2").ok());
  Append("1", "2025-01-01", "account_id: 'A'", "OPENED");
  Append("2", "2025-01-02", "account_id: 'A'", "CLOSED");
  EXPECT_EQ(Get("T")->status(), v1::TICKET_STATUS_OPEN);
  EXPECT_EQ(TicketCount(), 1);
  ASSERT_TRUE(engine_->Retract("1").ok());
  const auto gone = Get("T");
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(TicketCount(), 0);
  EXPECT_TRUE(List(RequestAt<v1::ListTicketsRequest>({})).empty());
  Append("3", "2025-01-03", "account_id: 'A'", "OPENED");
  EXPECT_EQ(Get("T")->touchpoint_count(), 1);
  EXPECT_EQ(TicketCount(), 1);
}

TEST_F(TicketsTest, AreNotKnownBeforeTheirFirstTouchpoint) {
  EXPECT_FALSE(Get("T").ok());
  Append("2", "2025-01-02", "account_id: 'A'", "CLOSED");
  EXPECT_FALSE(Get("T", At("2025-01-01")).ok());
  Append("1", "2025-01-01", "account_id: 'A'", "OPENED");
  EXPECT_EQ(Get("T", At("2025-01-01"))->status(), v1::TICKET_STATUS_OPEN);
  EXPECT_EQ(Get("T")->status(), v1::TICKET_STATUS_CLOSED);
}

TEST_F(TicketsTest, MoveWithTheirNewestTouchpointAndItsLinks) {
  Append("1", "2025-01-01", "contact_id: 'C'", "OPENED");
  EXPECT_EQ(Get("T")->journey().id(), "C");
  ASSERT_TRUE(engine_
                  ->Append({Tp("link", "2025-01-02",
                               "contact_id: 'C' account_id: 'B' "
                               "identity_link {}")})
                  .ok());
  EXPECT_EQ(Get("T")->journey().id(), "B");
  ASSERT_TRUE(engine_
                  ->Append({Tp("merge", "2025-01-03",
                               "account_id: 'B' account_merge { "
                               "other_account_id: 'A' }")})
                  .ok());
  EXPECT_EQ(Get("T")->journey().id(), "A");
  auto request = RequestAt<v1::ListTicketsRequest>({});
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_CONTACT);
  request.mutable_subject()->set_id("C");
  EXPECT_EQ(List(request).size(), 1u);
  Append("2", "2025-01-04", "account_id: 'X'", "UPDATED");
  EXPECT_EQ(Get("T")->journey().id(), "X");
  EXPECT_TRUE(List(request).empty());
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_DEAL);
  EXPECT_TRUE(List(request).empty());
}

TEST_F(TicketsTest, PagesDoNotGoOnInAnotherList) {
  Append("1", "2025-01-01", "account_id: 'A'", "OPENED");
  ASSERT_TRUE(engine_
                  ->Append({Tp("2", "2025-01-02",
                               "account_id: 'A' ticket { ticket_id: 'U' "
                               "action: ACTION_OPENED }")})
                  .ok());
  auto request = RequestAt<v1::ListTicketsRequest>(At("2025-02-01"));
  request.set_open(true);
  request.set_page_size(1);
  auto page = engine_->views().ListTickets(request, Always);
  ASSERT_TRUE(page.ok());
  request.set_page_token(page->next_page_token());
  Append("3", "2025-03-01", "account_id: 'A'", "CLOSED");
  page = engine_->views().ListTickets(request, Always);
  EXPECT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace journey::testing
