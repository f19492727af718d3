#include "service/rpc/worker_pool.h"

#include <utility>

namespace journey::rpc {

WorkerPool::WorkerPool(int threads, size_t queued_max)
    : queued_max_(queued_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() {
  std::deque<Task> dropped;
  {
    core::MutexLock lock(&mutex_);
    stopping_ = true;
    // Destroyed without the lock: what a task holds may submit.
    dropped.swap(queue_);
  }
  changed_.NotifyAll();
  dropped.clear();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TrySubmit(Task task) {
  {
    core::MutexLock lock(&mutex_);
    if (stopping_ || queue_.size() >= queued_max_) return false;
    queue_.push_back(std::move(task));
  }
  changed_.NotifyOne();
  return true;
}

bool WorkerPool::Submit(Task task) {
  {
    core::MutexLock lock(&mutex_);
    if (stopping_) return false;
    queue_.push_back(std::move(task));
  }
  changed_.NotifyOne();
  return true;
}

void WorkerPool::Run() {
  while (true) {
    Task task;
    {
      core::MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(&mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace journey::rpc
