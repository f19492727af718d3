// A load that can be repeated: what a client sends is a function of the seed,
// and what was acknowledged is remembered.
#ifndef TESTS_E2E_CRASH_LOAD_H_
#define TESTS_E2E_CRASH_LOAD_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/calls.h"

namespace journey::testing {

// One step of a client: a batch of touchpoints or, without any, a retraction.
struct LoadStep {
  v1::AppendRequest append;
  v1::RetractRequest retract;
};

// What an event of the log is about: its id, marked for a retraction.
[[nodiscard]] std::string EventKey(const v1::Event& event);

// Every subject that the load touches.
[[nodiscard]] std::vector<v1::Subject> LoadSubjects();

class LoadClient {
 public:
  LoadClient(unsigned seed, std::string name, int batch_size)
      : seed_(seed), name_(std::move(name)), batch_size_(batch_size) {}

  // Step `index`; the same on each call.
  [[nodiscard]] LoadStep Step(int index) const;

  // Sends steps one by one, from the first that is not acknowledged on, until
  // the server is gone or `steps_max` are acknowledged in all.
  void RunUnary(Client& client, int steps_max);
  // The same over one stream, several steps at once; without retractions.
  void RunStream(Client& client, int steps_max);

  [[nodiscard]] int steps_done() const { return steps_done_; }
  // Positions by EventKey.
  [[nodiscard]] const std::map<std::string, int64_t>& acknowledged() const {
    return acknowledged_;
  }

 private:
  void Acknowledge(
      const LoadStep& step,
      const google::protobuf::RepeatedPtrField<v1::AppendResult>& results);
  [[nodiscard]] std::string IdOf(int step, int place) const;

  const unsigned seed_;
  const std::string name_;
  const int batch_size_;
  int steps_done_ = 0;
  std::map<std::string, int64_t> acknowledged_;
};

}  // namespace journey::testing

#endif  // TESTS_E2E_CRASH_LOAD_H_
