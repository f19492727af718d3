// A few threads for work that may read from disk, which callback threads of
// gRPC must not do for long.
#ifndef SERVICE_RPC_WORKER_POOL_H_
#define SERVICE_RPC_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "service/core/sync.h"

namespace journey::rpc {

// Thread-safe.
class WorkerPool {
 public:
  using Task = std::function<void()>;

  // `queued_max` bounds the tasks that wait, not those that run.
  WorkerPool(int threads, size_t queued_max);
  // Lets running tasks end and drops those that wait.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Returns false, and drops the task, when too many wait or the pool is being
  // destroyed.
  [[nodiscard]] bool TrySubmit(Task task);

  // For callers with a bound of their own: refuses only while the pool is being
  // destroyed, when every call has ended.
  bool Submit(Task task);

 private:
  void Run();

  const size_t queued_max_;
  core::Mutex mutex_;
  core::CondVar changed_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_WORKER_POOL_H_
