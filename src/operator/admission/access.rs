//! Ways into a running pod of a service (Order 12 Arts 16, 18): exec, attach, port-forward, ephemeral containers, and the
//! resources of the sidecar.
//!
//! In: the request and the snapshot; a CONNECT carries no labels, so the pod is looked up by its name. Out: an answer. Must
//! not: speak for pods without our sidecar; the scan reports those.

use serde_json::Value;

use super::review::{AdmissionRequest, Answer};
use super::{Context, clean};
use crate::api::DeepSynthesisService;
use crate::api::names::SIDECAR_CONTAINER;
use crate::compliance::access::{Access, Permission, permission};
use crate::law::Duty;
use crate::operator::judge::Judge;

/// Answers for one way in.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest, access: Access) -> Answer {
    let Some((service, name)) = service_of(context, request) else { return Answer::allow() };
    let verdict = Judge::new(context.snapshot).verdict(service, context.now);
    let (way, pod) = (access.name(), clean(&request.name, 253));
    match permission(&verdict) {
        Permission::Allow => Answer::allow(),
        Permission::Note => {
            let namespace = request.namespace.as_str();
            tracing::info!(
                namespace,
                pod,
                service = name,
                way,
                user = request.user_info.username,
                "reached into a pod"
            );
            Answer::allow()
        }
        Permission::Warn => {
            let warning = format!("{name}: [PodAccess] {way} reaches the application behind the labelling sidecar");
            Answer { warnings: vec![warning], ..Answer::default() }
        }
        Permission::Deny => Answer::deny(format!(
            "[PodAccess] {way} into pod {pod} of the deep synthesis service {name} is refused: it reaches the application behind \
             the labelling sidecar, so what comes out carries no label ({}). Look at logs and metrics instead, debug a copy in \
             a namespace that is not enrolled, or have an EnforcementExemption of {} approved for as long as you need it.\n\
             拒绝以 {way} 进入深度合成服务 {name} 的 Pod：所得内容不经标识边车，无标识（{}）。请查看日志和指标，\
             或申请并获批限期的 EnforcementExemption。",
            Duty::TechnicalMark.article(),
            Duty::TechnicalMark.id(),
            Duty::TechnicalMark.article_zh(),
        )),
    }
}

/// Answers for a resize: a starved sidecar labels nothing in time.
#[must_use]
pub fn validate_resize(request: &AdmissionRequest) -> Answer {
    if resources(&request.old_object) == resources(&request.object) {
        return Answer::allow();
    }
    Answer::deny(format!(
        "[SidecarResized] spec.initContainers: the resources of {SIDECAR_CONTAINER} may not be changed on a live pod; what was \
         injected is what is proven ({}). Change spec.sidecar of the CompliancePolicy and replace the pod.\n\
         不得更改运行中标识边车的资源；请修改 CompliancePolicy 的 spec.sidecar 并重建 Pod。",
        Duty::MarkIntegrity.article(),
    ))
}

fn resources(pod: &Value) -> Option<&Value> {
    let containers = pod["spec"]["initContainers"].as_array()?;
    containers.iter().find(|container| container["name"] == SIDECAR_CONTAINER)?.get("resources")
}

fn service_of<'a>(context: &'a Context<'_>, request: &AdmissionRequest) -> Option<(&'a DeepSynthesisService, &'a str)> {
    let pod = context.snapshot.pods.get(&(request.namespace.clone(), request.name.clone()))?;
    let service = context.snapshot.services.get(&(request.namespace.clone(), pod.service.clone()))?;
    Some((service, pod.service.as_str()))
}
