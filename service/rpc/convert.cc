#include "service/rpc/convert.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::rpc {
namespace {

constexpr absl::string_view kReplacementIdName = "replacement.touchpoint_id";
constexpr absl::string_view kLinkIdName = "link_id";
constexpr absl::string_view kMergeIdName = "merge_id";

void SetId(const v1::Subject& subject, v1::Touchpoint& touchpoint) {
  switch (subject.type()) {
    case v1::SUBJECT_TYPE_ACCOUNT:
      return touchpoint.set_account_id(subject.id());
    case v1::SUBJECT_TYPE_CONTACT:
      return touchpoint.set_contact_id(subject.id());
    default:
      return touchpoint.set_anonymous_id(subject.id());
  }
}

log::Append OneTouchpoint(const std::string& tenant_id,
                          std::shared_ptr<v1::Touchpoint> touchpoint,
                          absl::string_view id_name) {
  log::Append append;
  append.tenant_id = tenant_id;
  append.id_name = id_name;
  core::Normalize(*touchpoint);
  append.touchpoints.push_back(std::move(touchpoint));
  return append;
}

template <typename Request>
log::Append OneRetraction(const Request& request, const std::string& id,
                          v1::TouchpointKind kind, absl::string_view id_name) {
  v1::RetractRequest retract;
  retract.set_tenant_id(request.tenant_id());
  retract.set_reason(request.reason());
  retract.set_actor(request.actor());
  v1::TouchpointRef& target = *retract.add_targets();
  target.set_source(request.source());
  target.set_touchpoint_id(id);
  log::Append append = ToAppend(retract);
  append.only_kind = kind;
  append.id_name = id_name;
  return append;
}

std::shared_ptr<storage::v1::RetractionRecord> MakeRetraction(
    const v1::TouchpointRef& target, const std::string& reason,
    const std::string& actor) {
  auto record = std::make_shared<storage::v1::RetractionRecord>();
  record->set_source(target.source());
  record->set_touchpoint_id(target.touchpoint_id());
  record->set_reason(reason);
  record->set_actor(actor);
  return record;
}

}  // namespace

log::Append ToAppend(v1::AppendRequest request) {
  log::Append append;
  append.tenant_id = std::move(*request.mutable_tenant_id());
  append.ack = request.ack();
  append.expected_versions.assign(request.expected_versions().begin(),
                                  request.expected_versions().end());
  // Each touchpoint lives by itself, so that one that is kept for long does
  // not hold its batch.
  auto& touchpoints = *request.mutable_touchpoints();
  append.touchpoints.resize(touchpoints.size());
  for (int i = touchpoints.size() - 1; i >= 0; --i) {
    std::shared_ptr<v1::Touchpoint> touchpoint(touchpoints.ReleaseLast());
    core::Normalize(*touchpoint);
    append.touchpoints[i] = std::move(touchpoint);
  }
  return append;
}

log::Append ToAppend(const v1::RetractRequest& request) {
  log::Append append;
  append.tenant_id = request.tenant_id();
  for (const v1::TouchpointRef& target : request.targets()) {
    append.retractions.push_back(
        MakeRetraction(target, request.reason(), request.actor()));
  }
  return append;
}

log::Append ToAppend(v1::AmendRequest request) {
  auto replacement = std::make_shared<v1::Touchpoint>();
  replacement->Swap(request.mutable_replacement());
  log::Append append = OneTouchpoint(
      request.tenant_id(), std::move(replacement), kReplacementIdName);
  append.is_amendment = true;
  append.retractions.push_back(
      MakeRetraction(request.target(), request.reason(), request.actor()));
  return append;
}

log::Append ToAppend(const v1::LinkRequest& request) {
  auto touchpoint = std::make_shared<v1::Touchpoint>();
  touchpoint->set_source(request.source());
  touchpoint->set_touchpoint_id(request.link_id());
  *touchpoint->mutable_occurred_at() = request.valid_from();
  SetId(request.from(), *touchpoint);
  SetId(request.to(), *touchpoint);
  v1::IdentityLink& link = *touchpoint->mutable_identity_link();
  link.set_reason(request.reason());
  link.set_actor(request.actor());
  return OneTouchpoint(request.tenant_id(), std::move(touchpoint), kLinkIdName);
}

log::Append ToAppend(const v1::UnlinkRequest& request) {
  return OneRetraction(request, request.link_id(),
                       v1::TOUCHPOINT_KIND_IDENTITY_LINK, kLinkIdName);
}

log::Append ToAppend(const v1::MergeRequest& request) {
  auto touchpoint = std::make_shared<v1::Touchpoint>();
  touchpoint->set_source(request.source());
  touchpoint->set_touchpoint_id(request.merge_id());
  *touchpoint->mutable_occurred_at() = request.occurred_at();
  touchpoint->set_account_id(request.account_id());
  v1::AccountMerge& merge = *touchpoint->mutable_account_merge();
  merge.set_other_account_id(request.other_account_id());
  merge.set_reason(request.reason());
  merge.set_actor(request.actor());
  return OneTouchpoint(request.tenant_id(), std::move(touchpoint),
                       kMergeIdName);
}

log::Append ToAppend(const v1::UnmergeRequest& request) {
  return OneRetraction(request, request.merge_id(),
                       v1::TOUCHPOINT_KIND_ACCOUNT_MERGE, kMergeIdName);
}

v1::Event ToEvent(const log::LogEvent& event) {
  v1::Event out;
  out.set_position(event.position);
  *out.mutable_received_at() = core::ToTimestamp(event.received_at);
  if (event.touchpoint != nullptr) {
    *out.mutable_touchpoint() = *AsGiven(event);
    if (event.given != nullptr) {
      *out.mutable_corrected_occurred_at() = event.touchpoint->occurred_at();
    }
    for (const v1::SubjectType type : event.inert_links) {
      out.add_inert_links(type);
    }
    return out;
  }
  v1::Retraction& retraction = *out.mutable_retraction();
  retraction.mutable_target()->set_source(event.retraction->source());
  retraction.mutable_target()->set_touchpoint_id(
      event.retraction->touchpoint_id());
  retraction.set_reason(event.retraction->reason());
  retraction.set_actor(event.retraction->actor());
  return out;
}

}  // namespace journey::rpc
