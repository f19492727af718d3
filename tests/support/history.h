// Histories for tests: touchpoints written in text format, and random ones
// that are as awkward as the rules allow.
#ifndef TESTS_SUPPORT_HISTORY_H_
#define TESTS_SUPPORT_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::testing {

// The instant of an RFC 3339 text, or of a day at midnight UTC. Ends the test
// program when it is neither.
core::Micros At(absl::string_view instant);

// A touchpoint of source "test" from its id, time and the rest in protobuf
// text format, for example "account_id: 'A' call { outcome: OUTCOME_BUSY }".
v1::Touchpoint Tp(const std::string& id, absl::string_view occurred_at,
                  const std::string& fields);

struct RandomHistoryOptions {
  int touchpoints = 200;
  int accounts = 3;
  int contacts = 2;
  int deals = 5;
  // The history lies within so many days from 2025-01-01 on; the fewer, the
  // more touchpoints share an instant.
  int days = 120;
};

// Touchpoints of all kinds that the folds know, in random order of time, with
// equal instants, deals that change account, offers, invoices, cancellations
// and stages set by people.
std::vector<v1::Touchpoint> RandomHistory(std::mt19937& random,
                                          const RandomHistoryOptions& options);

// A random history of which the larger part are words of customers and the
// company, and changes of deals.
std::vector<v1::Touchpoint> TalkativeHistory(
    std::mt19937& random, const RandomHistoryOptions& options);

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_HISTORY_H_
