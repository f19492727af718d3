// journeyd and journeyctl as processes, and the public API beside them.
#ifndef TESTS_DATA_REAL_SERVER_H_
#define TESTS_DATA_REAL_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "journey/v1/deal_service.grpc.pb.h"
#include "journey/v1/journey_service.grpc.pb.h"
#include "journey/v1/ticket_service.grpc.pb.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "tests/data/child_process.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {

// What a run of journeyctl left behind.
struct CtlResult {
  int code = -1;
  std::string out;
  std::string err;
};

// A server on a fresh store with the rule set of that name. Each method that
// asks the server reports an error as a failure of the test.
class RealServer {
 public:
  // Texts in the file of the rule set and what is to stand there instead.
  using Replacements = std::vector<std::pair<std::string, std::string>>;

  explicit RealServer(const std::string& rule_set,
                      const Replacements& replacements = {});

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const TempDir& directory() const { return directory_; }

  // Starts journeyctl with the server and the tenant set.
  [[nodiscard]] std::unique_ptr<ChildProcess> Start(
      std::vector<std::string> arguments) const;
  // The same, and waits for its end.
  [[nodiscard]] CtlResult Run(std::vector<std::string> arguments) const;
  // Imports one file by a mapping below deploy/mappings.
  [[nodiscard]] CtlResult Import(const std::string& mapping,
                                 const std::string& file) const;

  // Every page; the tenant is filled in.
  std::vector<v1::Journey> ListJourneys(v1::ListJourneysRequest request);
  std::vector<v1::Deal> ListDeals(v1::ListDealsRequest request);
  std::vector<v1::StalledDeal> ListStalledDeals(
      v1::ListStalledDealsRequest request);
  std::vector<v1::Ticket> ListTickets(v1::ListTicketsRequest request);
  std::vector<v1::Event> Read(v1::ReadRequest request);
  // How many journeys each segment has.
  std::map<v1::Segment, int64_t> CountSegments(
      v1::CountSegmentsRequest request);

  // Blocks until the tenant has its first event.
  void WaitForFirstEvent();

 private:
  TempDir directory_;
  JourneydProcess process_;
  bool ready_ = false;
  std::unique_ptr<v1::JourneyService::Stub> journeys_;
  std::unique_ptr<v1::DealService::Stub> deals_;
  std::unique_ptr<v1::TicketService::Stub> tickets_;
  std::unique_ptr<v1::TouchpointService::Stub> touchpoints_;
};

}  // namespace journey::testing

#endif  // TESTS_DATA_REAL_SERVER_H_
