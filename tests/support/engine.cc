#include "tests/support/engine.h"

#include <sys/stat.h>

#include <chrono>
#include <future>
#include <limits>
#include <utility>

#include "gtest/gtest.h"
#include "projections/rules/rules_yaml.h"
#include "service/core/signal_log.h"

namespace journey::testing {

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(EngineOptions options) {
  std::unique_ptr<Engine> engine(new Engine);
  engine->clock_.Set(options.now);
  const std::string rules_file =
      options.rules_file.empty() ? JOURNEY_RULES_FILE : options.rules_file;
  auto rules = projections::LoadRulesFile(rules_file);
  if (!rules.ok()) return rules.status();
  engine->rules_ = *std::move(rules);
  (void)mkdir(options.directory.c_str(), 0755);

  const auto on_fatal = [raw = engine.get()](const absl::Status&) {
    ++raw->fatal_count_;
  };
  log::EventLogOptions log_options;
  log_options.directory = options.directory + "/log";
  log_options.file_system = options.file_system;
  log_options.on_fatal = on_fatal;
  auto log = log::EventLog::Open(std::move(log_options));
  if (!log.ok()) return log.status();
  engine->log_ = *std::move(log);

  views::ViewsOptions views_options;
  views_options.directory = options.directory + "/views";
  views_options.file_system = options.file_system;
  views_options.log = engine->log_.get();
  views_options.clock = &engine->clock_;
  views_options.rules = engine->rules_;
  views_options.write_buffer_bytes = options.write_buffer_bytes;
  views_options.snapshot_touchpoints = options.snapshot_touchpoints;
  views_options.on_notice = std::move(options.on_notice);
  auto views = views::Views::Open(std::move(views_options));
  if (!views.ok()) return views.status();
  engine->views_ = *std::move(views);

  log::WriterOptions writer_options;
  writer_options.log = engine->log_.get();
  writer_options.index = engine->views_.get();
  writer_options.sink = engine->views_.get();
  writer_options.clock = &engine->clock_;
  writer_options.free_space = [] {
    return std::numeric_limits<uint64_t>::max();
  };
  writer_options.on_fatal = on_fatal;
  engine->writer_ = log::Writer::Start(std::move(writer_options));

  signals::AnnouncerOptions announcer_options;
  announcer_options.writer = engine->writer_.get();
  announcer_options.views = engine->views_.get();
  announcer_options.clock = &engine->clock_;
  announcer_options.interval = std::chrono::milliseconds(0);
  announcer_options.homes_max = options.announced_homes_max;
  engine->announcer_ = signals::Announcer::Start(std::move(announcer_options));
  return engine;
}

Engine::~Engine() {
  if (announcer_ != nullptr) announcer_->Stop();
  if (writer_ != nullptr) writer_->Stop();
}

absl::StatusOr<v1::AppendResponse> Engine::Submit(log::Append append) {
  std::promise<absl::StatusOr<v1::AppendResponse>> answer;
  append.tenant_id = kTenant;
  append.done = [&](absl::StatusOr<v1::AppendResponse> response) {
    answer.set_value(std::move(response));
  };
  writer_->Submit(std::move(append));
  return answer.get_future().get();
}

absl::StatusOr<v1::AppendResponse> Engine::Append(
    const std::vector<v1::Touchpoint>& touchpoints) {
  log::Append append;
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    append.touchpoints.push_back(std::make_shared<v1::Touchpoint>(touchpoint));
  }
  return Submit(std::move(append));
}

absl::StatusOr<v1::AppendResponse> Engine::Retract(
    const std::vector<std::string>& touchpoint_ids) {
  log::Append append;
  for (const std::string& touchpoint_id : touchpoint_ids) {
    auto retraction = std::make_shared<storage::v1::RetractionRecord>();
    retraction->set_source("test");
    retraction->set_touchpoint_id(touchpoint_id);
    append.retractions.push_back(std::move(retraction));
  }
  return Submit(std::move(append));
}

absl::StatusOr<v1::Signal> Engine::Act(const std::string& signal_id,
                                       v1::SignalChange change,
                                       core::Micros until,
                                       const std::string& actor) {
  std::promise<absl::StatusOr<v1::Signal>> answer;
  signals::SignalAction action;
  action.tenant_id = kTenant;
  action.signal_id = signal_id;
  action.change = change;
  action.actor = actor;
  action.until = until;
  action.done = [&](absl::StatusOr<v1::Signal> signal) {
    answer.set_value(std::move(signal));
  };
  announcer_->Submit(std::move(action));
  return answer.get_future().get();
}

std::vector<v1::SignalEvent> Engine::SignalEvents() {
  std::vector<v1::SignalEvent> out;
  while (true) {
    const auto page = log_->ReadRange(
        core::SignalLogOf(kTenant), static_cast<int64_t>(out.size()) + 1,
        /*backwards=*/false, /*max_events=*/1000, size_t{4} << 20);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->empty()) return out;
    for (const log::LogEvent& event : *page) {
      EXPECT_EQ(event.position, static_cast<int64_t>(out.size()) + 1);
      out.push_back(*event.signal);
      out.back().set_position(event.position);
    }
  }
}

std::string Engine::Digest() {
  return views_->ConclusionsDigest(clock_.Now()).value();
}

}  // namespace journey::testing
