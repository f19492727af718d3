// Whatever the order, repeats and batching of appends: each id is stored
// once, positions are dense, every answer tells the truth and the log says
// the same after a restart.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/log/log_testing.h"
#include "tests/log/writer_fixture.h"
#include "tests/support/temp_dir.h"

namespace journey::log {
namespace {

constexpr int kRounds = 20;
constexpr int kIds = 300;
// The first so many are amended.
constexpr int kAmended = 60;
constexpr int kTenants = 3;

class WriterPropertyTest : public WriterTest {
 protected:
  enum class What { kTouchpoint, kRetraction, kAmendment };

  struct Sent {
    std::string tenant;
    std::vector<std::string> ids;
    What what = What::kTouchpoint;
    Ticket ticket;
  };

  static std::string ReplacementOf(const std::string& id) { return id + "'"; }

  // Sends every id, some more than once, some of them retracted or amended, in
  // batches.
  std::vector<Sent> SendShuffled(std::mt19937& random) {
    std::vector<std::pair<std::string, What>> work;
    for (int i = 0; i < kIds; ++i) {
      const std::string id = absl::StrCat("id", i);
      for (unsigned copies = 1 + random() % 3; copies > 0; --copies) {
        work.emplace_back(id, What::kTouchpoint);
      }
      for (unsigned copies = random() % 3; copies > 1; --copies) {
        work.emplace_back(id, What::kRetraction);
        work.emplace_back(id, What::kRetraction);
      }
      if (i >= kAmended) continue;
      for (unsigned copies = 1 + random() % 2; copies > 0; --copies) {
        work.emplace_back(id, What::kAmendment);
      }
    }
    std::vector<Sent> all;
    for (int tenant = 0; tenant < kTenants; ++tenant) {
      std::shuffle(work.begin(), work.end(), random);
      for (size_t at = 0; at < work.size();) {
        Sent sent;
        sent.tenant = absl::StrCat("t", tenant);
        sent.what = work[at].second;
        const size_t length =
            sent.what == What::kAmendment ? 1 : 1 + random() % 12;
        const size_t end = std::min(at + length, work.size());
        for (; at < end && work[at].second == sent.what; ++at) {
          sent.ids.push_back(work[at].first);
        }
        all.push_back(std::move(sent));
      }
    }
    std::shuffle(all.begin(), all.end(), random);
    for (Sent& sent : all) SendOne(sent);
    return all;
  }

  void SendOne(Sent& sent) {
    Append append;
    append.tenant_id = sent.tenant;
    append.is_amendment = sent.what == What::kAmendment;
    for (const std::string& id : sent.ids) {
      if (sent.what == What::kTouchpoint) {
        append.touchpoints.push_back(MakeTouchpoint(id));
        continue;
      }
      append.retractions.push_back(MakeRetraction(id));
      if (sent.what == What::kAmendment) {
        append.touchpoints.push_back(MakeTouchpoint(ReplacementOf(id)));
      }
    }
    sent.ticket = Submit(std::move(append));
  }

  void CheckLog() const {
    for (int tenant = 0; tenant < kTenants; ++tenant) {
      std::map<std::string, int64_t> touchpoints;
      std::map<std::string, int64_t> retractions;
      int64_t expected = 0;
      for (const LogEvent& event : views_.events(absl::StrCat("t", tenant))) {
        EXPECT_EQ(event.position, ++expected);
        if (event.touchpoint != nullptr) {
          const std::string& id = event.touchpoint->touchpoint_id();
          EXPECT_EQ(event.retracted_on_arrival, retractions.count(id) > 0);
          EXPECT_TRUE(touchpoints.emplace(id, event.position).second) << id;
        } else {
          const std::string& id = event.retraction->touchpoint_id();
          EXPECT_TRUE(retractions.emplace(id, event.position).second) << id;
          EXPECT_EQ(event.retraction->target_position(),
                    touchpoints.count(id) > 0 ? touchpoints[id] : 0);
        }
      }
      EXPECT_EQ(touchpoints.size(), static_cast<size_t>(kIds + kAmended));
      for (int i = 0; i < kAmended; ++i) {
        const std::string id = absl::StrCat("id", i);
        EXPECT_EQ(retractions.count(id), 1u) << id;
        EXPECT_EQ(retractions.count(ReplacementOf(id)), 0u) << id;
      }
    }
  }

  // What one answer is about.
  struct Entry {
    std::string id;
    bool is_retraction;
  };

  static std::vector<Entry> EntriesOf(const Sent& sent) {
    std::vector<Entry> entries;
    for (const std::string& id : sent.ids) {
      if (sent.what == What::kAmendment) {
        entries.push_back({ReplacementOf(id), false});
      }
      entries.push_back({id, sent.what != What::kTouchpoint});
    }
    return entries;
  }

  // Every answer names the position at which the id stands; exactly one of
  // the answers for an id is not a repeat.
  void CheckAnswers(const std::vector<Sent>& all) const {
    std::map<std::string, int> first_answers;
    for (const Sent& sent : all) {
      const auto result = Wait(sent.ticket);
      ASSERT_TRUE(result.ok()) << result.status();
      const std::vector<LogEvent> events = views_.events(sent.tenant);
      const std::vector<Entry> entries = EntriesOf(sent);
      ASSERT_EQ(static_cast<size_t>(result->results_size()), entries.size());
      for (size_t i = 0; i < entries.size(); ++i) {
        const auto& answer = result->results(static_cast<int>(i));
        const LogEvent& event =
            events.at(static_cast<size_t>(answer.position() - 1));
        ASSERT_EQ(event.retraction != nullptr, entries[i].is_retraction);
        EXPECT_EQ(entries[i].is_retraction ? event.retraction->touchpoint_id()
                                           : event.touchpoint->touchpoint_id(),
                  entries[i].id);
        if (!answer.repeated()) {
          ++first_answers[absl::StrCat(sent.tenant, "/", answer.position())];
        }
      }
    }
    size_t stored = 0;
    for (int tenant = 0; tenant < kTenants; ++tenant) {
      stored += views_.events(absl::StrCat("t", tenant)).size();
    }
    EXPECT_EQ(first_answers.size(), stored);
    for (const auto& [where, count] : first_answers) {
      EXPECT_EQ(count, 1) << where;
    }
  }
};

TEST_F(WriterPropertyTest, EachIdIsStoredOnceWhateverTheOrder) {
  const unsigned seed = testing::TestSeed(20260101);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round, " of seed ", seed));
    std::mt19937 random(seed + static_cast<unsigned>(round));
    Restart(/*fresh=*/true);
    std::vector<Sent> all = SendShuffled(random);
    CheckAnswers(all);
    CheckLog();
    Restart(/*fresh=*/false);
    CheckLog();
    for (Sent& sent : all) SendOne(sent);
    for (const Sent& sent : all) {
      const auto result = Wait(sent.ticket);
      ASSERT_TRUE(result.ok());
      for (const auto& answer : result->results()) {
        EXPECT_TRUE(answer.repeated());
      }
    }
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace journey::log
