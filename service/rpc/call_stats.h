// Counts of calls for metrics. The hot path only adds to atomics; whoever
// wants the numbers reads them when asked.
#ifndef SERVICE_RPC_CALL_STATS_H_
#define SERVICE_RPC_CALL_STATS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "journey/v1/errors.pb.h"
#include "service/core/errors.h"
#include "service/rpc/histogram.h"

namespace journey::rpc {

// Every rpc of the API, in the order of kMethods.
enum class Method : size_t {
  kAppend,
  kAppendStream,
  kRead,
  kSubscribe,
  kRetract,
  kAmend,
  kGetJourney,
  kBatchGetJourneys,
  kListJourneys,
  kGetTimeline,
  kDiffJourney,
  kExplainJourney,
  kListContacts,
  kGetPlan,
  kCountSegments,
  kGetDeal,
  kListDeals,
  kListStalledDeals,
  kGetBoard,
  kGetTicket,
  kListTickets,
  kLink,
  kUnlink,
  kMerge,
  kUnmerge,
  kResolve,
  kWatchSignals,
  kListSignals,
  kListTasks,
  kAcknowledge,
  kSnooze,
  kFinish,
  kDismiss,
  kGetStatus,
};

// How a method is named in metrics.
struct MethodInfo {
  const char* service;
  const char* name;
  const char* type;
};

inline constexpr size_t kMethodCount = 34;
inline constexpr std::array<MethodInfo, kMethodCount> kMethods = {{
    {"journey.v1.TouchpointService", "Append", "unary"},
    {"journey.v1.TouchpointService", "AppendStream", "bidi_stream"},
    {"journey.v1.TouchpointService", "Read", "server_stream"},
    {"journey.v1.TouchpointService", "Subscribe", "server_stream"},
    {"journey.v1.TouchpointService", "Retract", "unary"},
    {"journey.v1.TouchpointService", "Amend", "unary"},
    {"journey.v1.JourneyService", "GetJourney", "unary"},
    {"journey.v1.JourneyService", "BatchGetJourneys", "unary"},
    {"journey.v1.JourneyService", "ListJourneys", "unary"},
    {"journey.v1.JourneyService", "GetTimeline", "unary"},
    {"journey.v1.JourneyService", "DiffJourney", "unary"},
    {"journey.v1.JourneyService", "ExplainJourney", "unary"},
    {"journey.v1.JourneyService", "ListContacts", "unary"},
    {"journey.v1.JourneyService", "GetPlan", "unary"},
    {"journey.v1.JourneyService", "CountSegments", "unary"},
    {"journey.v1.DealService", "GetDeal", "unary"},
    {"journey.v1.DealService", "ListDeals", "unary"},
    {"journey.v1.DealService", "ListStalledDeals", "unary"},
    {"journey.v1.DealService", "GetBoard", "unary"},
    {"journey.v1.TicketService", "GetTicket", "unary"},
    {"journey.v1.TicketService", "ListTickets", "unary"},
    {"journey.v1.IdentityService", "Link", "unary"},
    {"journey.v1.IdentityService", "Unlink", "unary"},
    {"journey.v1.IdentityService", "Merge", "unary"},
    {"journey.v1.IdentityService", "Unmerge", "unary"},
    {"journey.v1.IdentityService", "Resolve", "unary"},
    {"journey.v1.SignalService", "WatchSignals", "server_stream"},
    {"journey.v1.SignalService", "ListSignals", "unary"},
    {"journey.v1.SignalService", "ListTasks", "unary"},
    {"journey.v1.SignalService", "Acknowledge", "unary"},
    {"journey.v1.SignalService", "Snooze", "unary"},
    {"journey.v1.SignalService", "Finish", "unary"},
    {"journey.v1.SignalService", "Dismiss", "unary"},
    {"journey.v1.AdminService", "GetStatus", "unary"},
}};

// The codes of gRPC: 0 (OK) to 16 (UNAUTHENTICATED).
inline constexpr size_t kCodeCount = 17;

// The reasons of errors.proto; errors without one are mistakes in the server.
inline constexpr size_t kReasonCount = v1::ErrorReason_ARRAYSIZE;

// What is known of one method.
struct MethodStats {
  std::atomic<int64_t> started{0};
  std::array<std::atomic<int64_t>, kCodeCount> handled{};
  std::atomic<int64_t> received{0};
  std::atomic<int64_t> sent{0};
  Histogram seconds{kSecondsBounds};
};

// Thread-safe.
class CallStats {
 public:
  MethodStats& of(Method method) {
    return methods_[static_cast<size_t>(method)];
  }
  // Counts a call or a batch that is answered with an error.
  void CountRefusal(const absl::Status& status) {
    const v1::ErrorReason reason = core::ReasonOf(status);
    const size_t index = reason == v1::ERROR_REASON_UNSPECIFIED
                             ? v1::ERROR_REASON_INTERNAL
                             : reason;
    refusals_[index].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] int64_t refusals(size_t reason) const {
    return refusals_[reason].load(std::memory_order_relaxed);
  }

  [[nodiscard]] const MethodStats& at(size_t index) const {
    return methods_[index];
  }

 private:
  std::array<MethodStats, kMethodCount> methods_;
  std::array<std::atomic<int64_t>, kReasonCount> refusals_{};
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_CALL_STATS_H_
