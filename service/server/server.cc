#include "service/server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <prometheus/exposer.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "projections/rules/rules_yaml.h"
#include "service/rpc/admin_handler.h"
#include "service/rpc/deal_handler.h"
#include "service/rpc/environment.h"
#include "service/rpc/identity_handler.h"
#include "service/rpc/journey_handler.h"
#include "service/rpc/signal_handler.h"
#include "service/rpc/ticket_handler.h"
#include "service/rpc/touchpoint_handler.h"
#include "service/server/metrics.h"
#include "service/server/progress.h"
#include "service/server/version.h"
#include "service/server/writer_metrics.h"
#include "service/signals/announcer.h"

namespace journey::server {
namespace {

constexpr int kQueryThreads = 2;
constexpr int kStreamThreads = 2;

core::SenderClocks SenderClocksOf(const v1::ClockRules& rules) {
  return core::SenderClocks(
      {rules.untrusted_sources().begin(), rules.untrusted_sources().end()});
}

uint64_t FreeBytes(const std::string& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  // Unknown is no reason to refuse: the write itself will tell.
  return error ? std::numeric_limits<uint64_t>::max() : space.available;
}

absl::Status CannotListen(const std::string& address, absl::string_view flag) {
  return absl::UnavailableError(absl::StrCat(
      "cannot listen on ", address,
      ": the address is taken or not of this machine (see ", flag, ")"));
}

}  // namespace

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(ServerOptions options)
      : options_(std::move(options)),
        clock_(options_.clock != nullptr ? options_.clock : &system_clock_),
        streams_(options_.read_streams_max) {}

  ~ServerImpl() override { (void)Stop(); }

  absl::Status Open() {
    for (const auto step :
         {&ServerImpl::OpenRules, &ServerImpl::OpenLog, &ServerImpl::OpenViews,
          &ServerImpl::StartWriter, &ServerImpl::StartAnnouncer,
          &ServerImpl::StartGrpc, &ServerImpl::StartMetrics}) {
      absl::Status status = (this->*step)();
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  [[nodiscard]] std::string grpc_address() const override {
    return WithPort(options_.config.listen, grpc_port_);
  }
  [[nodiscard]] std::string metrics_address() const override {
    if (exposer_ == nullptr) return kMetricsOff;
    return WithPort(options_.config.metrics_listen,
                    exposer_->GetListeningPorts().front());
  }

  absl::Status Stop() override;

  absl::StatusOr<std::string> ConclusionsDigest(core::Micros as_of) override {
    return views_->ConclusionsDigest(as_of);
  }

 private:
  absl::Status OpenRules();
  absl::Status OpenLog();
  absl::Status OpenViews();
  absl::Status StartWriter();
  absl::Status StartAnnouncer();
  absl::Status StartGrpc();
  absl::Status StartMetrics();
  void MakeEnvironment();
  void SetLimits(grpc::ServerBuilder& builder) const;
  absl::Status CloseStores();

  [[nodiscard]] std::string Directory(const char* name) const {
    return absl::StrCat(options_.config.data_dir, "/", name);
  }
  [[nodiscard]] auto Notice(const char* store) const {
    return [this, store](const std::string& text) {
      options_.logger->Warn(text, {{"store", store}});
    };
  }

  const ServerOptions options_;
  const core::SystemClock system_clock_;
  const core::Clock* const clock_;
  rpc::CallStats stats_;
  rpc::StreamRegistry streams_;
  rpc::InFlight in_flight_;
  std::atomic<int64_t> subscribers_{0};

  // In the order in which they are made; each uses those before it.
  std::shared_ptr<const projections::Rules> rules_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<views::Views> views_;
  std::unique_ptr<WriterMetrics> writes_;
  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<signals::Announcer> announcer_;
  std::unique_ptr<rpc::WorkerPool> query_pool_;
  std::unique_ptr<rpc::WorkerPool> stream_pool_;
  rpc::Environment env_;
  rpc::TouchpointHandler touchpoints_{env_};
  rpc::JourneyHandler journeys_{env_};
  rpc::DealHandler deals_{env_};
  rpc::TicketHandler tickets_{env_};
  rpc::IdentityHandler identity_{env_};
  rpc::SignalHandler signals_{env_};
  rpc::AdminHandler admin_{env_};
  int grpc_port_ = 0;
  std::unique_ptr<grpc::Server> grpc_;
  std::shared_ptr<MetricsCollector> collector_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

absl::Status ServerImpl::OpenRules() {
  auto rules = projections::LoadRulesFile(options_.config.rules);
  if (!rules.ok()) return rules.status();
  rules_ = *std::move(rules);
  return absl::OkStatus();
}

absl::Status ServerImpl::OpenLog() {
  std::error_code error;
  std::filesystem::create_directories(options_.config.data_dir, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot make directory ",
                                               options_.config.data_dir, ": ",
                                               error.message()));
  }
  log::EventLogOptions options;
  options.directory = Directory("log");
  options.file_system = options_.file_system;
  options.on_fatal = options_.on_fatal;
  options.on_notice = Notice("log");
  auto log = log::EventLog::Open(std::move(options));
  if (!log.ok()) return log.status();
  log_ = *std::move(log);
  return absl::OkStatus();
}

absl::Status ServerImpl::OpenViews() {
  views::ViewsOptions options;
  options.directory = Directory("views");
  options.file_system = options_.file_system;
  options.log = log_.get();
  options.clock = clock_;
  options.rules = rules_;
  options.on_progress = ProgressLog(options_.logger);
  options.on_notice = Notice("views");
  options.write_buffer_bytes =
      static_cast<size_t>(options_.config.view_buffer_mib) << 20;
  options.block_cache_bytes =
      static_cast<size_t>(options_.config.view_cache_mib) << 20;
  auto views = views::Views::Open(std::move(options));
  if (!views.ok()) return views.status();
  views_ = *std::move(views);
  return absl::OkStatus();
}

absl::Status ServerImpl::StartWriter() {
  writes_ = std::make_unique<WriterMetrics>(log_.get(), views_->event_count());
  log::WriterOptions options;
  options.log = log_.get();
  options.index = views_.get();
  options.sink = views_.get();
  options.clock = clock_;
  options.sender_clocks = SenderClocksOf(rules_->rule_set().clocks());
  options.observer = writes_.get();
  options.free_space = [directory = options_.config.data_dir] {
    return FreeBytes(directory);
  };
  options.on_fatal = options_.on_fatal;
  writer_ = log::Writer::Start(std::move(options));
  return absl::OkStatus();
}

absl::Status ServerImpl::StartAnnouncer() {
  signals::AnnouncerOptions options;
  options.writer = writer_.get();
  options.views = views_.get();
  options.clock = clock_;
  options.on_error = [this](const absl::Status& status) {
    options_.logger->Warn("signals cannot be announced; trying again",
                          {{"error", status.ToString()}});
  };
  announcer_ = signals::Announcer::Start(std::move(options));
  return absl::OkStatus();
}

void ServerImpl::MakeEnvironment() {
  query_pool_ = std::make_unique<rpc::WorkerPool>(kQueryThreads,
                                                  options_.queries_queued_max);
  stream_pool_ = std::make_unique<rpc::WorkerPool>(
      kStreamThreads, std::numeric_limits<size_t>::max());
  env_.log = log_.get();
  env_.writer = writer_.get();
  env_.announcer = announcer_.get();
  env_.views = views_.get();
  env_.clock = clock_;
  env_.sender_clocks = SenderClocksOf(rules_->rule_set().clocks());
  env_.stats = &stats_;
  env_.streams = &streams_;
  env_.in_flight = &in_flight_;
  env_.query_pool = query_pool_.get();
  env_.stream_pool = stream_pool_.get();
  env_.heartbeat_interval = std::chrono::milliseconds(
      std::lround(options_.config.heartbeat_seconds * 1000));
  env_.version = Version();
  env_.started_at = clock_->Now();
  env_.rule_set_id = rules_->rule_set().id();
  env_.rule_set_version = rules_->rule_set().version();
  env_.event_count = [this] { return writes_->event_count(); };
  env_.subscribers = &subscribers_;
}

void ServerImpl::SetLimits(grpc::ServerBuilder& builder) const {
  builder.SetMaxReceiveMessageSize(core::kTransportMessageBytesMax);
  builder.SetMaxSendMessageSize(core::kTransportMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                             core::kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             core::kStreamsPerConnectionMax);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      core::kPingIntervalMillisMin);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             core::kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             core::kKeepaliveTimeoutMillis);
  // A port that another process holds is an error, not something to share.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

absl::Status ServerImpl::StartGrpc() {
  MakeEnvironment();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  builder.AddListeningPort(options_.config.listen,
                           grpc::InsecureServerCredentials(), &grpc_port_);
  builder.RegisterService(&touchpoints_);
  builder.RegisterService(&journeys_);
  builder.RegisterService(&deals_);
  builder.RegisterService(&tickets_);
  builder.RegisterService(&identity_);
  builder.RegisterService(&signals_);
  builder.RegisterService(&admin_);
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || grpc_port_ == 0) {
    return CannotListen(options_.config.listen, "--listen");
  }
  auto* health = grpc_->GetHealthCheckService();
  health->SetServingStatus(true);
  for (const char* service : {v1::TouchpointService::service_full_name(),
                              v1::JourneyService::service_full_name(),
                              v1::DealService::service_full_name(),
                              v1::TicketService::service_full_name(),
                              v1::IdentityService::service_full_name(),
                              v1::SignalService::service_full_name(),
                              v1::AdminService::service_full_name()}) {
    health->SetServingStatus(service, true);
  }
  return absl::OkStatus();
}

absl::Status ServerImpl::StartMetrics() {
  if (options_.config.metrics_listen == kMetricsOff) return absl::OkStatus();
  collector_ = std::make_shared<MetricsCollector>(
      MetricSources{&stats_, writes_.get(), log_.get(), writer_.get(),
                    views_.get(), &announcer_->stats(), &subscribers_});
  try {
    exposer_ =
        std::make_unique<prometheus::Exposer>(options_.config.metrics_listen);
  } catch (const std::exception&) {
    // It knows no more than that it has failed.
    return CannotListen(options_.config.metrics_listen, "--metrics-listen");
  }
  exposer_->RegisterCollectable(collector_);
  return absl::OkStatus();
}

absl::Status ServerImpl::Stop() {
  if (grpc_ != nullptr) {
    grpc_->GetHealthCheckService()->Shutdown();
    streams_.Drain();
    (void)in_flight_.WaitUntilNone(std::chrono::seconds(core::kDrainSeconds));
    // What is left are calls that take too long, and idle connections whose
    // clients do not listen just now.
    grpc_->Shutdown(std::chrono::system_clock::now() +
                    std::chrono::seconds(core::kGoodbyeSeconds));
    grpc_.reset();
  }
  // Nobody calls any more: from here on only what is queued is finished.
  if (announcer_ != nullptr) announcer_->Stop();
  if (writer_ != nullptr) writer_->Stop();
  exposer_.reset();
  query_pool_.reset();
  stream_pool_.reset();
  return CloseStores();
}

absl::Status ServerImpl::CloseStores() {
  absl::Status status;
  announcer_.reset();
  writer_.reset();
  if (views_ != nullptr) {
    status = views_->Close();
    views_.reset();
  }
  if (log_ != nullptr) {
    const absl::Status closed = log_->Close();
    if (status.ok()) status = closed;
    log_.reset();
  }
  return status;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options) {
  auto server = std::make_unique<ServerImpl>(std::move(options));
  const absl::Status status = server->Open();
  if (!status.ok()) return status;
  return server;
}

}  // namespace journey::server
